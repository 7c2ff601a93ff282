import {
  Actor,
  type ActorOptions,
  type BroadcastOutcome,
  broadcast,
  firstCompleted,
  type HoldfastError,
  inline,
  type Ref,
  refTo,
} from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

/** One of them alone. */
const member = (app: { ref(path: string): Ref<unknown> | undefined }, name: string) =>
  app.ref(`hands/${name}`) as Ref<Hand>;

const codes = (outcomes: readonly BroadcastOutcome<unknown>[]) =>
  outcomes.map((one) => ("error" in one ? `${one.member}: ${one.error.code}` : `${one.member}: ${String(one.value)}`));

describe.each(levels)("broadcast, $level", ({ level }) => {
  const all = (options = {}, more: ActorOptions = {}) => broadcast(at(level, Hand, { gate }, more), options);

  it("asks every member, and answers with what came of it at each, in their order", async () => {
    const { refs } = await play({ hands: all({ size: 3 }) });
    expect(await refs.hands.ask.say("x")).toEqual([
      { member: "1", value: "x" },
      { member: "2", value: "x" },
      { member: "3", value: "x" },
    ]);
    const who = await refs.hands.ask.who();
    expect(who.map((one) => "value" in one && one.value.path)).toEqual(["app/hands/1", "app/hands/2", "app/hands/3"]);
  });

  it("tells every member, each in order", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: all({ size: 2 }) });
    expect([refs.hands.tell.jot("a"), refs.hands.tell.jot("b")]).toEqual([true, true]);
    await until(() => made.notes.filter((note) => /^[ab]$/.test(note)).length === 4, "both to hear both");
  });

  it("gives each what was sent as its own", async () => {
    const { refs } = await play({ hands: all({ size: 2 }) });
    const sent = { list: [1, 2], bytes: new Uint8Array([1, 2, 3]), when: new Date(5) };
    await refs.hands.ask.keep(sent);
    const kept = await refs.hands.ask.kept();
    expect(kept).toMatchObject([{ value: sent }, { value: sent }]);
    const values = kept.map((one) => ("value" in one ? one.value : undefined));
    expect(values[0]).not.toBe(values[1]);
  });

  it("tells a death as the outcome of that member alone, and a message waits for its return", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: all({ size: 2 }) });
    const held = refs.hands.ask.hold("door");
    await made.reached("door", 2);
    const behind = refs.hands.ask.who();
    app.kill("hands/1");
    made.open("door");
    expect(codes(await held)).toEqual(["1: ActorDied", "2: door"]);
    expect((await behind).map((one) => "value" in one && one.value.incarnation)).toEqual([2, 1]);
  });

  it("ends in time: who is late is a Timeout, and the others' values are there", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: all({ size: 2 }) });
    // The second one is held up.
    const second = member(app, "2");
    const held = second.ask.hold("door");
    await made.reached("door");
    expect(codes(await refs.hands.with({ timeout: 100 }).ask.say("x"))).toEqual(["1: x", "2: Timeout"]);
    made.open("door");
    await held;
  });

  it("is cancelled as a whole, and its handlers hear of it", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: all({ size: 2 }) });
    const abort = new AbortController();
    const asked = failure(refs.hands.with({ signal: abort.signal }).ask.untilAborted("it"));
    await until(() => made.notes.filter((note) => note === "began it").length === 2, "both to begin");
    abort.abort();
    expect(await asked).toMatchObject({ code: "Cancelled" });
    await until(() => made.notes.filter((note) => note === "aborted it").length === 2, "both to hear of it");
  });

  it("has the refusal of one as its outcome, and what is wrong with the call as its failure", async () => {
    const { refs } = await play({ hands: all({ size: 2 }) });
    expect(codes(await refs.hands.ask.refuse("no"))).toEqual(["1: Refused", "2: Refused"]);
    const loose = refs.hands.ask as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    expect(await failure(loose.nothing!())).toMatchObject({ code: "UnknownMethod" });
    expect(await failure(loose.say!(() => 1))).toMatchObject({ code: "InvalidValue" });
    const keyed = refs.hands.with({ key: "k" });
    expect(await failure(keyed.ask.say(1))).toMatchObject({ code: "InvalidValue" });
    expect(keyed.tell.jot("x")).toBe(false);
  });

  it("is resized by hand, and has nobody to send to at none", async () => {
    const { refs, letters } = await play({ hands: all({ min: 1, max: 3 }) });
    await refs.hands.resize(3);
    expect(codes(await refs.hands.ask.say("x"))).toEqual(["1: x", "2: x", "3: x"]);
    await refs.hands.resize(0);
    expect(await failure(refs.hands.ask.say("x"))).toMatchObject({ code: "Unavailable", retryable: true });
    expect(refs.hands.tell.say("x")).toBe(false);
    expect(letters.filter(({ path }) => path === "app/hands")).toMatchObject([
      { method: "say", reason: "Unavailable" },
    ]);
  });

  it("goes on with those that are left when one is given up", async () => {
    const { refs, app } = await play({
      hands: all({ size: 2 }, { guiltyIntensity: { restarts: 0, within: "60s" } }),
    });
    const one = member(app, "1");
    expect(await failure(one.ask.fail("once"))).toMatchObject({ code: "HandlerFailed" });
    const states = () => app.tree().children![0]!.children!.map(({ state }) => state);
    await until(() => states()[0] === "quarantined", "the first to be parked");
    const outcomes = await refs.hands.ask.say("x");
    expect(outcomes.map((one) => one.member)).toEqual(["1", "2"]);
    expect(outcomes[0]).toHaveProperty("error");
    expect(outcomes[1]).toMatchObject({ value: "x" });
  });
});

describe.each(levels)("first completed, $level", ({ level }) => {
  const quick = (options = {}, more: ActorOptions = {}) => firstCompleted(at(level, Hand, { gate }, more), options);

  it("answers with the first value, and cancels the others, executing or waiting", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: quick({ size: 3 }) });
    const [first, second] = [member(app, "1"), member(app, "2")];
    // The first waits behind a door, the second would never end.
    const held = first.ask.hold("door");
    await made.reached("door");
    const busy = second.ask.hold("other");
    await made.reached("other");
    expect(await refs.hands.ask.who()).toMatchObject({ path: "app/hands/3" });
    await until(() => app.tree().children![1]!.mailbox!.waiting === 0, "the losers to leave their queues");
    made.open("door");
    made.open("other");
    await Promise.all([held, busy]);
  });

  it("tells the losers' handlers", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: quick({ size: 3 }) });
    const asked = refs.hands.ask.race("it");
    await until(() => made.notes.filter((note) => note === "began it").length === 2, "the others to begin");
    await made.reached("it");
    made.open("it");
    expect(await asked).toBe("it");
    await until(() => made.notes.filter((note) => note === "aborted it").length === 2, "them to hear of it");
  });

  it("asks as many as it is told, those with the least to do", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: quick({ size: 3, of: 1 }) });
    const busy = member(app, "1").ask.hold("door");
    await made.reached("door");
    expect(await refs.hands.ask.who()).toMatchObject({ path: "app/hands/2" });
    made.open("door");
    await busy;
  });

  it("fails when all fail, with what says the most", async () => {
    const { refs } = await play({ hands: quick({ size: 2 }) });
    expect(await failure(refs.hands.ask.refuse("no"))).toMatchObject({ code: "Refused" });
    expect(await failure(refs.hands.ask.fail("both"))).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.hands.ask.say("still there")).toBe("still there");
  });

  it("takes the value of one where others die", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: quick({ size: 2 }) });
    const asked = refs.hands.ask.hold("door");
    await made.reached("door", 2);
    app.kill("hands/1");
    made.open("door");
    expect(await asked).toBe("door");
  });

  it("is cancelled by its caller", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: quick({ size: 2 }) });
    const abort = new AbortController();
    const asked = failure(refs.hands.with({ signal: abort.signal }).ask.untilAborted("it"));
    await until(() => made.notes.filter((note) => note === "began it").length === 2, "both to begin");
    abort.abort();
    expect(await asked).toMatchObject({ code: "Cancelled" });
    expect(await failure(refs.hands.with({ signal: abort.signal }).ask.say(1))).toMatchObject({ code: "Cancelled" });
  });

  it("tells one member", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: quick({ size: 3 }) });
    expect(refs.hands.tell.jot("once")).toBe(true);
    await made.noted("once");
    await refs.hands.ask.say("after");
    expect(made.notes.filter((note) => note === "once")).toHaveLength(1);
  });
});

it("streams of several members are refused by name", async () => {
  const { refs } = await play({
    hands: broadcast(at("inline", Hand), { size: 2 }),
    quick: firstCompleted(at("inline", Hand), { size: 2 }),
  });
  for (const ref of [refs.hands, refs.quick]) {
    const loose = ref.ask as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const error = await failure(loose.count!(3));
    expect(error).toMatchObject({ code: "InvalidValue" });
    expect(error.message).toContain("count answers with a stream");
  }
});

/** What a loop over it throws. */
async function loops(answer: unknown): Promise<HoldfastError> {
  return failure(
    (async () => {
      for await (const value of answer as AsyncIterable<unknown>) throw new Error(`read ${String(value)}`);
    })(),
  );
}

describe.each([
  { name: "broadcast", many: broadcast },
  { name: "firstCompleted", many: firstCompleted },
])("a stream asked of $name", ({ many }) => {
  it("is refused to who loops over it as to who awaits it, and leaves no rejection unhandled", async () => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", hear);
    try {
      const { refs } = await play({ hands: many(at("inline", Hand), { size: 2 }) });
      const loose = refs.hands.ask as unknown as Record<string, (to: number) => Promise<unknown>>;
      const looped = await loops(loose.count!(3));
      expect(looped).toMatchObject({ code: "InvalidValue" });
      expect(looped.message).toContain("count answers with a stream");
      expect((await failure(loose.count!(3))).message).toBe(looped.message);
      await new Promise(setImmediate);
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", hear);
    }
  });

  it("is refused before the first start too, once that has told what it is, and is not left running", async () => {
    const seen = { began: 0, ended: 0 };
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    class Slow extends Actor {
      start(): Promise<void> {
        return opened;
      }
      async *numbers(): AsyncGenerator<number> {
        seen.began++;
        try {
          for (let i = 0; ; i++) yield i;
        } finally {
          seen.ended++;
        }
      }
    }
    const { app } = await play({});
    const added = app.add("", "slow", many(inline(Slow), { size: 2 }));
    await until(() => app.ref("slow") !== undefined, "it to begin");
    const loose = app.ref("slow")!.ask as unknown as Record<string, () => Promise<unknown>>;
    const looped = loops(loose.numbers!());
    const awaited = failure(loose.numbers!());
    open();
    await added;
    for (const error of [await looped, await awaited]) {
      expect(error).toMatchObject({ code: "InvalidValue" });
      expect(error.message).toContain("numbers answers with a stream");
    }
    const mailbox = () => app.tree().children![0]!.mailbox!;
    await until(
      () => seen.began >= 2 && seen.ended === seen.began && mailbox().executing + mailbox().waiting === 0,
      "every stream that was begun to end",
    );
  });
});

it("refuses, at the start, what cannot be", async () => {
  const wrong = (spec: unknown) => failure(play({ hands: spec as ReturnType<typeof broadcast> }));
  const hand = at("inline", Hand);
  expect((await wrong(firstCompleted(hand, { size: 2, of: 3 }))).message).toContain("of is 3, and there are 2 members");
  expect((await wrong(broadcast(hand, { min: 3, max: 2 }))).message).toContain("min is 3");
  expect((await wrong(broadcast(hand, { route: "random" } as object))).message).toContain("route");
  expect(() => broadcast({} as never)).toThrow("broadcast() got");
});
