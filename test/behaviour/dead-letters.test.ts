import { keyed, pool, refTo } from "holdfast";
import { connect } from "holdfast/client";
import { gateway } from "holdfast/gateway";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { counted, unbalanced } from "./balance.js";
import type { Gate } from "./gate.js";
import { at, deaths, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

describe.each(levels)("a tell that found the mailbox full, $level", ({ level }) => {
  const stage = async () => {
    const made = plan();
    const full = at(level, Hand, { gate }, { mailbox: { messages: 1 }, window: 1 });
    const scene = await play({ gate: gateOf(made), hand: full });
    const { refs } = scene;
    const held = refs.hand.ask.hold("door");
    await made.reached("door");
    refs.hand.tell.jot("waits");
    const sent = { text: "the refused one" };
    expect(refs.hand.tell.jot(sent as never)).toBe(false);
    sent.text = "changed by its sender since";
    return { made, held, ...scene };
  };

  it("is kept, and sent again once there is room", async () => {
    const { made, app, held } = await stage();
    const [letter] = app.deadLetters.list();
    expect(letter).toMatchObject({
      id: 1,
      path: "app/hand",
      to: "app/hand",
      method: "jot",
      ask: false,
      reason: "MailboxFull",
      shape: "[{text}]",
      retrying: false,
      retries: 0,
    });
    expect(letter!.notRetryable).toBeUndefined();
    expect(JSON.stringify(letter)).not.toContain("refused one");
    expect(await failure(app.deadLetters.retry(1))).toMatchObject({ code: "MailboxFull" });
    expect(app.deadLetters.get(1)).toMatchObject({ retries: 1, lastFailure: { code: "MailboxFull" } });
    // A retry is counted as any other message is, taken or not.
    expect(counted(app, "hand")).toMatchObject({ refused: { MailboxFull: 2 }, failed: {} });
    expect(unbalanced(app.stats())).toEqual([]);
    made.open("door");
    await held;
    await until(() => made.notes.includes("waits"), "the one that waited");
    await app.deadLetters.retry(1);
    await until(() => made.notes.length >= 3, "the one that was sent again");
    expect(made.notes.at(-1)).toEqual({ text: "the refused one" });
    expect(app.deadLetters.size).toBe(0);
    expect(unbalanced(app.stats())).toEqual([]);
    expect(await failure(app.deadLetters.retry(1))).toMatchObject({ code: "InvalidValue" });
  });

  it("is discarded, found by a filter, and refused where nobody is there", async () => {
    const { made, app, held, refs } = await stage();
    refs.hand.tell.say("another");
    expect(app.deadLetters.list({ method: "say" })).toMatchObject([{ id: 2 }]);
    expect(app.deadLetters.list({ path: "hand", limit: 1 })).toMatchObject([{ id: 2 }]);
    expect(app.deadLetters.list({ before: 2 })).toMatchObject([{ id: 1 }]);
    expect(app.deadLetters.list({ path: "nobody" })).toEqual([]);
    expect(app.deadLetters.discard(1)).toBe(true);
    expect(app.deadLetters.discard(1)).toBe(false);
    made.open("door");
    await held;
    await app.remove("hand");
    expect(await failure(app.deadLetters.retry(2))).toMatchObject({
      code: "Unavailable",
      message: "the dead letter 2 cannot be sent again: there is no actor at app/hand",
    });
    expect(await app.deadLetters.retryAll()).toEqual({ succeeded: 0, failed: 0, refused: 1 });
    expect(app.deadLetters.discardAll()).toBe(1);
  });
});

describe.each(walls)("a message that killed twice, $level", ({ level }) => {
  it("keeps its deaths: sent again it is quarantined at its first kill, under the same number", async () => {
    const { refs, app, letters } = await play({ hands: pool(at(level, Hand), { size: 2 }) });
    expect(await failure(refs.hands.ask.poison())).toMatchObject({ code: "PoisonedMessage" });
    const [letter] = app.deadLetters.list({ reason: "poison" });
    expect(letter).toMatchObject({ id: 1, to: "app/hands", ask: true, evidence: { deaths: 2 } });
    const before = deaths(app).length;
    expect(await failure(app.deadLetters.retry(1))).toMatchObject({ code: "PoisonedMessage", details: { deaths: 3 } });
    expect(deaths(app)).toHaveLength(before + 1);
    expect(app.deadLetters.list()).toMatchObject([
      { id: 1, evidence: { deaths: 3 }, retries: 1, lastFailure: { code: "PoisonedMessage" } },
    ]);
    expect(app.deadLetters.get(1)!.evidence!.charges).toHaveLength(3);
    expect(letters.map(({ id }) => id)).toEqual([1, 1]);
    expect(await refs.hands.ask.say("well")).toBe("well");
  });

  it("of a keyed group goes to the actor of its key", async () => {
    const { refs, app } = await play({ keys: keyed(at(level, Hand)) });
    expect(await failure(refs.keys.key("a").ask.poison())).toMatchObject({ code: "PoisonedMessage" });
    expect(app.deadLetters.list()).toMatchObject([{ to: "app/keys", key: "a" }]);
    expect(await failure(app.deadLetters.retry(1))).toMatchObject({ code: "PoisonedMessage", details: { deaths: 3 } });
    expect(app.deadLetters.size).toBe(1);
  });
});

describe("a retry that is under way", () => {
  const stage = async () => {
    const made = plan();
    const { app, refs } = await play({ gate: gateOf(made), hand: at("thread", Hand, { gate }) });
    await app.drain("hand");
    refs.hand.tell.hold("door");
    app.resume("hand");
    return { made, app, refs };
  };

  it("is the only one of its letter, and outlives its discarding", async () => {
    const { made, app } = await stage();
    const retry = app.deadLetters.retry(1);
    await made.reached("door");
    expect(app.deadLetters.get(1)).toMatchObject({ retrying: true });
    expect(await failure(app.deadLetters.retry(1))).toMatchObject({ code: "Unavailable", retryable: true });
    expect(app.deadLetters.discard(1)).toBe(true);
    made.open("door");
    expect(await retry).toBe("door");
    expect(app.deadLetters.size).toBe(0);
  });

  it("has one outcome, also when its actor dies under it; the letter stays", async () => {
    const { made, app } = await stage();
    const retry = failure(app.deadLetters.retry(1));
    await made.reached("door");
    app.kill("hand");
    expect(await retry).toMatchObject({ code: "ActorDied" });
    expect(app.deadLetters.get(1)).toMatchObject({ retrying: false, retries: 1, lastFailure: { code: "ActorDied" } });
    made.open("door");
    // While it restarts it waits, as any message.
    const restarted = app.restart("hand");
    expect(await app.deadLetters.retry(1)).toBe("door");
    await restarted;
  });

  it("keeps to its own time, and is refused when the system has stopped", async () => {
    const { made, app } = await stage();
    expect(await failure(app.deadLetters.retry(1, { timeout: 20 }))).toMatchObject({ code: "Timeout" });
    made.open("door");
    await app.stop({ drain: 0 });
    expect(await failure(app.deadLetters.retry(1))).toMatchObject({ code: "ActorStopped" });
    expect(app.deadLetters.get(1)).toMatchObject({ retrying: false, retries: 2 });
  });
});

it("what cannot be sent again says why", async () => {
  const { refs, app } = await play(
    { hand: at("inline", Hand) },
    {},
    { deadLetters: { keep: 10, payloadMb: 0 }, memory: { sharedMb: 1 } },
  );
  await app.drain("hand");
  refs.hand.tell.say("private");
  refs.hand.tell.say((() => 1) as never);
  expect(app.deadLetters.list().map(({ notRetryable }) => notRetryable)).toEqual([
    "no arguments are kept (deadLetters.payloadMb)",
    "its arguments could not be sent, or its caller had given it up",
  ]);
  expect(await failure(app.deadLetters.retry(1))).toMatchObject({ code: "InvalidValue" });
});

it("options that cannot be are refused by name", async () => {
  for (const deadLetters of [{ keep: -1 }, { keep: 1.5 }, { payloadMb: -1 }, { kept: 1 } as never]) {
    expect(await failure(play({}, {}, { deadLetters }))).toMatchObject({ code: "InvalidSpec" });
  }
  const { app } = await play({});
  expect(() => app.deadLetters.list({ limit: -1 })).toThrow("limit is -1");
  expect(() => app.deadLetters.list({ reasons: "poison" } as never)).toThrow('did you mean "reason"?');
});

it("an operator looks, retries and discards over a connection, and sees nobody's arguments", async () => {
  const { refs, app } = await play({ hand: at("inline", Hand) });
  const door = await gateway(app, { port: 0, expose: { hand: ["say"] } });
  try {
    const client = await connect(door.url, { adminToken: door.adminToken });
    const { deadLetters } = client.admin;
    await client.admin.drain("hand");
    for (const text of ["secret one", "secret two", "secret three"]) refs.hand.tell.say(text);
    expect(await deadLetters.list({ limit: 2 })).toMatchObject([{ id: 2 }, { id: 3 }]);
    expect(JSON.stringify(await deadLetters.list())).not.toContain("secret");
    expect(await failure(deadLetters.retry(1))).toMatchObject({ code: "Unavailable" });
    await client.admin.resume("hand");
    expect(await deadLetters.retry(1)).toBeUndefined();
    expect(await deadLetters.get(1)).toBeUndefined();
    expect(await deadLetters.retryAll({ before: 3 })).toEqual({ succeeded: 1, failed: 0, refused: 0 });
    expect(await deadLetters.discard(3)).toBe(true);
    expect(await deadLetters.discardAll()).toBe(0);
    for (const id of [Number.NaN, -1, "1", { $gt: 0 }, null]) {
      expect(await failure(deadLetters.retry(id as never))).toMatchObject({
        code: expect.stringMatching(/InvalidValue|InvalidSpec/),
      });
    }
    const caller = await connect(door.url);
    expect(await failure(caller.admin.deadLetters.list())).toMatchObject({ code: "Unauthorized" });
    for (const one of [client, caller]) one.close();
  } finally {
    await door.close({ drain: 0 });
  }
});
