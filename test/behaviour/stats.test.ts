import { Actor, inline, keyed, latencyBoundsMs, majority, pool, type Ref, refTo, supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, Ledger } from "../actors/cast.mjs";
import { counted, unbalanced } from "./balance.js";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

/** Asks another, by a ref that it looks up for each call. */
class Asks extends Actor<{ whom: Ref<Hand> }> {
  async again(): Promise<string> {
    return (await failure(this.props.whom.ask.say("again"))).code;
  }
}

describe.each(levels)("what is counted, $level", ({ level }) => {
  it("tells asks, tells and failures apart, and adds up while some wait and execute", async () => {
    const made = plan();
    const { app, refs } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }) });
    for (let i = 0; i < 3; i++) await refs.hand.ask.say(i);
    for (let i = 0; i < 4; i++) refs.hand.tell.keep(i);
    await refs.hand.ask.kept();
    expect((await failure(refs.hand.ask.refuse("too-long"))).code).toBe("Refused");
    expect((await failure(refs.hand.ask.fail("oops"))).code).toBe("HandlerFailed");
    const held = refs.hand.ask.hold("door");
    await made.reached("door");
    const late = refs.hand.with({ timeout: 20 }).ask.say("late");
    const behind = refs.hand.ask.say("behind");
    refs.hand.tell.keep("behind");
    expect((await failure(late)).code).toBe("Timeout");
    expect(counted(app, "hand")).toMatchObject({
      kind: "actor",
      accepted: 14,
      answered: 4,
      told: 4,
      failed: { Refused: 1, HandlerFailed: 1, Timeout: 1 },
      refused: {},
      shed: 0,
      restarts: { threw: 1 },
    });
    expect(unbalanced(app.stats())).toEqual([]);
    made.open("door");
    await Promise.all([held, behind]);
    await until(() => counted(app, "hand").told === 5, "the last tell");
    expect(counted(app, "hand")).toMatchObject({ answered: 6, waiting: 0, executing: 0 });
    expect(unbalanced(app.stats())).toEqual([]);
  });

  it("says how long an ask has waited that stands behind a tell", async () => {
    const made = plan();
    const { app, refs } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }, { window: 1 }) });
    const held = refs.hand.ask.hold("door");
    await made.reached("door");
    refs.hand.tell.keep("first in line");
    const behind = refs.hand.ask.say("behind");
    await until(() => counted(app, "hand").oldestWaitMs > 0, "a wait that is known");
    made.open("door");
    await Promise.all([held, behind]);
  });

  it("a pool and a keyed group count those of their parts that run", async () => {
    const made = plan();
    const { app, refs } = await play({
      gate: gateOf(made),
      hands: pool(at(level, Hand, { gate }), { size: 2 }),
      desks: keyed(at(level, Hand, { gate })),
    });
    await refs.desks.key("ann").ask.say(1);
    expect([counted(app, "hands").ready, counted(app, "desks").ready]).toEqual([2, 1]);
    const atDeath: unknown[] = [];
    app.subscribe((event) => {
      if (event.type === "death") atDeath.push(counted(app, "hands").ready);
    });
    app.kill("hands/1");
    await until(() => atDeath.length === 1 && counted(app, "hands").ready === 2, "a death, and the return from it");
    expect(atDeath).toEqual([1]);
    expect(counted(app, "gate").ready).toBeUndefined();
    expect(unbalanced(app.stats())).toEqual([]);
  });

  it("a refused message is no accepted one, and a caller who gives up a running one has its outcome", async () => {
    const made = plan();
    const hand = at(level, Hand, { gate }, { mailbox: { messages: 1 }, window: 1 });
    const { app, refs } = await play({ gate: gateOf(made), hand });
    const gaveUp = new AbortController();
    const first = refs.hand.with({ signal: gaveUp.signal }).ask.hold("door");
    await made.reached("door");
    const second = refs.hand.ask.say(2);
    expect((await failure(refs.hand.ask.say(3))).code).toBe("MailboxFull");
    expect(refs.hand.tell.keep(4)).toBe(false);
    gaveUp.abort();
    expect((await failure(first)).code).toBe("Cancelled");
    const now = counted(app, "hand");
    expect(now).toMatchObject({ accepted: 2, refused: { MailboxFull: 2 }, shed: 2, failed: { Cancelled: 1 } });
    expect(now).toMatchObject({ waiting: 1, executing: 0 });
    expect(app.stats().deadLetters).toEqual({ MailboxFull: 1 });
    made.open("door");
    await second;
    expect(unbalanced(app.stats())).toEqual([]);
  });

  it("a flood of tells, most of which never become messages, is counted to the last", async () => {
    const { app, refs } = await play({ hand: at(level, Hand, {}, { mailbox: { messages: 10_000 } }) });
    for (let i = 0; i < 3000; i++) refs.hand.tell.keep(i);
    expect(counted(app, "hand")).toMatchObject({ accepted: 3000, told: 0 });
    expect(unbalanced(app.stats())).toEqual([]);
    expect(await refs.hand.ask.kept()).toBe(2999);
    expect(counted(app, "hand")).toMatchObject({ accepted: 3001, told: 3000, answered: 1, waiting: 0, executing: 0 });
  });

  it("members, keys and spawned children count with the pool, the group and their parent", async () => {
    const { app, refs } = await play({
      hands: pool(at(level, Hand, {}), { size: 2 }),
      ledgers: keyed(at(level, Ledger, {}), { cells: 1 }),
      voters: majority(at(level, Hand, {}), { size: 3 }),
    });
    await Promise.all([1, 2, 3, 4].map((value) => refs.hands.ask.say(value)));
    await refs.ledgers.key("ada").ask.add("a");
    await refs.ledgers.key("bob").ask.add("b");
    await refs.voters.ask.say("yes");
    expect(counted(app, "hands")).toMatchObject({ kind: "pool", accepted: 4, answered: 4 });
    expect(counted(app, "hands/1")).toMatchObject({ partOf: "app/hands", accepted: 0, answered: 0 });
    expect(counted(app, "ledgers")).toMatchObject({ kind: "keyed", accepted: 2, answered: 2 });
    expect(counted(app, "ledgers/cell-1")).toMatchObject({ kind: "cell", partOf: "app/ledgers", accepted: 0 });
    await until(() => counted(app, "voters").answered === 3, "the last vote");
    expect(app.stats().units.map(({ path }) => path)).not.toContain("app/ledgers/ada");
    expect(unbalanced(app.stats())).toEqual([]);
  });

  it("times asks while somebody measures, and not else", async () => {
    const { app, refs } = await play({ hand: at(level, Hand, {}) });
    await refs.hand.ask.say(1);
    expect(counted(app, "hand").latency).toBeUndefined();
    const [release, other] = [app.measure(), app.measure()];
    await refs.hand.ask.say(2);
    await refs.hand.with({ timeout: Number.POSITIVE_INFINITY }).ask.say(3);
    release();
    release();
    await refs.hand.ask.say(4);
    other();
    await refs.hand.ask.say(5);
    const { latency, answered } = counted(app, "hand");
    expect(answered).toBe(5);
    expect(latency?.count).toBe(3);
    expect(latency!.sumMs).toBeGreaterThanOrEqual(0);
    expect(latency!.buckets).toHaveLength(latencyBoundsMs.length + 1);
    expect(latency!.buckets.reduce((sum, count) => sum + count, 0)).toBe(3);
  });
});

describe.each(walls)("what is counted over deaths, $level", ({ level }) => {
  it("a kill is one restart by its cause, what executed failed, and what went back is counted once", async () => {
    const made = plan();
    const { app, refs, reports } = await play({
      gate: gateOf(made),
      hands: pool(at(level, Hand, { gate }), { size: 1 }),
    });
    const lost = refs.hands.ask.hold("door");
    await made.reached("door");
    const again = [refs.hands.ask.say(1), refs.hands.ask.say(2)];
    expect(app.kill("hands/1")).toBe(true);
    expect((await failure(lost)).code).toBe("ActorDied");
    await Promise.all(again);
    await until(() => reports.length === 1, "the report");
    expect(counted(app, "hands")).toMatchObject({ failed: { ActorDied: 1 }, answered: 2, restarts: { killed: 1 } });
    expect(counted(app, "hands/1").restarts).toEqual({ killed: 1 });
    expect(app.stats().reports).toBe(1);
    expect(unbalanced(app.stats())).toEqual([]);
  });

  it("a message that kills twice is one quarantined", async () => {
    const { app, refs } = await play({ hand: at(level, Hand, {}) });
    expect((await failure(refs.hand.ask.poison())).code).toBe("PoisonedMessage");
    expect(counted(app, "hand")).toMatchObject({ quarantined: 1, redelivered: 1, failed: { PoisonedMessage: 1 } });
    await refs.hand.ask.say("alive");
    expect(counted(app, "hand").restarts).toEqual({ exit: 2 });
    expect(unbalanced(app.stats())).toEqual([]);
  });

  it("tells what a host of its own holds, once it has said so", async () => {
    const { app, refs } = await play({ hand: at(level, Hand, {}) });
    await refs.hand.ask.say(1);
    await until(() => (counted(app, "hand").heapBytes ?? 0) > 0, "a beat");
    expect(counted(app, "hand").externalBytes).toBeGreaterThan(0);
  });
});

it("what is sent to a child that is gone is refused where it was: every call has an outcome that is counted", async () => {
  const { app, refs } = await play({
    gate: gateOf(plan()),
    hand: at("inline", Hand, {}),
    hands: pool(at("inline", Hand), { size: 1 }),
    below: supervisor({}, { hand: at("inline", Hand, {}) }),
    asks: inline(Asks, { whom: refTo<Hand>("hand") }),
  });
  const { hand } = refs.below;
  await hand.ask.say(1);
  await app.remove("below/hand");
  expect((await failure(hand.ask.say(2))).code).toBe("ActorStopped");
  expect(counted(app, "below")).toMatchObject({ accepted: 1, refused: { ActorStopped: 1 } });
  expect(counted(app, "below").own!.refused).toEqual({ ActorStopped: 1 });
  await app.remove("below");
  expect((await failure(hand.ask.say(3))).code).toBe("ActorStopped");
  await app.remove("hands");
  expect((await failure(refs.hands.ask.say(4))).code).toBe("ActorStopped");
  expect(refs.hands.tell.say(5)).toBe(false);
  await app.remove("hand");
  // It finds nobody at that path.
  expect(await refs.asks.ask.again()).toBe("ActorStopped");
  const [root] = app.stats().units;
  expect(root).toMatchObject({ path: "app", refused: { ActorStopped: 5 }, own: { refused: { ActorStopped: 4 } } });
  expect(unbalanced(app.stats())).toEqual([]);
});

it("a child that has ended and comes back with its supervisor refuses in its own name again", async () => {
  const hand = at("inline", Hand, {}, { restart: "temporary" });
  const { app, refs } = await play({ below: supervisor({}, { hand, other: at("inline", Hand, {}) }) });
  await app.terminate("below/hand");
  expect((await failure(refs.below.hand.ask.say(1))).code).toBe("ActorStopped");
  expect(counted(app, "below").refused).toEqual({ ActorStopped: 1 });
  await app.restart("below");
  await app.drain("below/hand");
  expect((await failure(refs.below.hand.ask.say(2))).code).toBe("Unavailable");
  expect(counted(app, "below/hand").refused).toEqual({ Unavailable: 1 });
  expect(counted(app, "below").refused).toEqual({ ActorStopped: 1 });
});

it("what a removed child had counted goes on counting with its supervisor", async () => {
  const { app, refs } = await play({ hand: at("inline", Hand, {}) });
  await refs.hand.ask.say(1);
  await app.remove("hand");
  expect(app.stats().units).toMatchObject([{ path: "app", kind: "supervisor", accepted: 1, answered: 1 }]);
});
