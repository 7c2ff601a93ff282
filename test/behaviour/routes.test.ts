import { type Candidate, type PoolOptions, pool, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

/** Who answers each of some messages, by the last part of its path. */
const names = (answers: readonly { path: string }[]) => answers.map(({ path }) => path.split("/").at(-1)!);

describe.each(levels)("a pool with a route that pushes, $level", ({ level }) => {
  const members = (options: PoolOptions, more = {}) => pool(at(level, Hand, { gate }, more), options);

  it("goes round, and heeds weights", async () => {
    const { refs } = await play({
      even: members({ size: 3, route: "round-robin" }),
      uneven: members({ size: 2, route: "round-robin", weights: [2] }),
    });
    const even = await Promise.all([1, 2, 3, 4, 5, 6].map(() => refs.even.ask.who()));
    expect(names(even)).toEqual(["1", "2", "3", "1", "2", "3"]);
    const uneven = await Promise.all([1, 2, 3, 4, 5, 6].map(() => refs.uneven.ask.who()));
    expect(names(uneven).filter((name) => name === "1")).toHaveLength(4);
  });

  it("keeps mail before the member that it was given to, in order", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: members({ size: 2, route: "round-robin" }) });
    const held = refs.hands.ask.hold("door");
    await made.reached("door");
    const jots = ["a", "b", "c", "d"].map((text) => refs.hands.ask.jot(text));
    // Every second one waits behind the door.
    await Promise.all([jots[0], jots[2]]);
    expect(made.notes.filter((note) => /^[a-d]$/.test(note))).toEqual(["a", "c"]);
    const [first] = app.tree().children![1]!.children!;
    expect(first!.mailbox!.waiting + first!.mailbox!.executing).toBe(3);
    made.open("door");
    await Promise.all([held, ...jots]);
    expect(made.notes.filter((note) => /^[bd]$/.test(note))).toEqual(["b", "d"]);
  });

  it("gives what a crashed member had not started to the others at once, in order", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: members({ size: 2, route: "round-robin" }) });
    const held = failure(refs.hands.ask.hold("door"));
    await made.reached("door");
    const other = refs.hands.ask.who();
    const waiting = Array.from({ length: 10 }, (_, i) => refs.hands.ask.say(i));
    expect(names([await other])).toEqual(["2"]);
    app.kill("hands/1");
    expect(await held).toMatchObject({ code: "ActorDied" });
    expect(await Promise.all(waiting)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("holds mail itself only while nobody is up, and no more than a mailbox takes", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: members({ size: 2, route: "smallest-mailbox" }, { mailbox: { messages: 3 } }),
    });
    await app.refs.hands.resize(0).catch(() => {});
    await until(() => app.tree().children![1]!.children!.length === 0, "both to leave");
    const waiting = [1, 2, 3].map((i) => refs.hands.ask.say(i));
    expect(await failure(refs.hands.ask.say(4))).toMatchObject({ code: "MailboxFull", retryable: true });
    await app.refs.hands.resize(1);
    expect(await Promise.all(waiting)).toEqual([1, 2, 3]);
  });

  it("sends what one mailbox has no room for to one that has, and refuses when none has", async () => {
    const made = plan();
    const { refs } = await play({
      gate: gateOf(made),
      hands: members({ size: 2, route: () => 0 }, { mailbox: { messages: 2 }, window: 1 }),
    });
    const asks = Array.from({ length: 6 }, () => refs.hands.ask.hold("door"));
    await made.reached("door", 2);
    expect(await failure(refs.hands.ask.hold("door"))).toMatchObject({ code: "MailboxFull", retryable: true });
    made.open("door");
    expect(await Promise.all(asks)).toEqual(Array(6).fill("door"));
  });

  it("takes a pick of one's own, which sees members and messages and not what is in them", async () => {
    const seen: { candidates: Candidate[]; key: string | undefined; method: string }[] = [];
    const { refs } = await play({
      hands: members({
        size: 3,
        route: (candidates, { key, method }) => {
          seen.push({
            candidates: candidates.map(({ id, load, expectedWaitMs, share }) => ({ id, load, expectedWaitMs, share })),
            key,
            method,
          });
          return candidates.length - 1;
        },
      }),
    });
    expect(names([await refs.hands.with({ key: "k" }).ask.who(), await refs.hands.ask.who()])).toEqual(["3", "3"]);
    expect(seen[0]).toMatchObject({ key: "k", method: "who" });
    expect(seen[0]!.candidates.map(({ id, load, share }) => [id, load, share])).toEqual([
      ["1", 0, 1],
      ["2", 0, 1],
      ["3", 0, 1],
    ]);
  });

  it("refuses, by name, what a pick of one's own returns or throws, once for each ask", async () => {
    let answer: () => unknown = () => 7;
    const { refs, letters } = await play({ hands: members({ size: 2, route: () => answer() as number }) });
    const wrong = await failure(refs.hands.ask.who());
    expect(wrong).toMatchObject({ code: "InvalidSpec", retryable: false });
    expect(wrong.message).toContain("hands.route returned 7: return an index from 0 to 1");
    answer = () => {
      throw new RangeError("no idea");
    };
    const threw = await failure(refs.hands.ask.who());
    expect(threw).toMatchObject({ code: "InvalidSpec", cause: { message: "no idea" } });
    expect(refs.hands.tell.jot("x")).toBe(false);
    expect(letters).toMatchObject([{ path: "app/hands", reason: "InvalidSpec" }]);
    answer = () => 0;
    expect(names([await refs.hands.ask.who()])).toEqual(["1"]);
  });

  it("keeps its members from a pick that changes the list it was given", async () => {
    const change: ((list: Candidate[]) => unknown)[] = [(list) => list.pop(), (list) => list.sort(() => -1)];
    const route = (list: readonly Candidate[]) => {
      change.shift()?.(list as Candidate[]);
      return 0;
    };
    const { refs } = await play({ hands: members({ size: 2, route }) });
    for (let i = 0; i < 2; i++) expect((await failure(refs.hands.ask.who())).message).toContain("route threw");
    expect(names([await refs.hands.ask.who()])).toEqual(["1"]);
  });

  it("tells all who wait when every member is quarantined", async () => {
    const made = plan();
    const { refs } = await play({
      gate: gateOf(made),
      hands: members({ size: 2, route: "round-robin" }, { guiltyIntensity: { restarts: 0, within: "60s" } }),
    });
    const lasts = [failure(refs.hands.ask.holdThenThrow("door")), failure(refs.hands.ask.holdThenThrow("door"))];
    await made.reached("door", 2);
    const waiting = [1, 2, 3, 4].map((i) => failure(refs.hands.ask.say(i)));
    made.open("door");
    for (const last of await Promise.all(lasts)) expect(last).toMatchObject({ code: "HandlerFailed" });
    for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ code: "Unavailable" });
    expect(await failure(refs.hands.ask.say(1))).toMatchObject({ code: "Unavailable", retryable: true });
  });

  it("empties a member that leaves: what waits goes to the others, what executes ends", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: members({ min: 1, max: 2, route: "round-robin" }) });
    await refs.hands.resize(2);
    const doors = ["one", "two"].map((door) => refs.hands.ask.hold(door));
    await Promise.all([made.reached("one"), made.reached("two")]);
    const waiting = Array.from({ length: 8 }, (_, i) => refs.hands.ask.say(i));
    const shrunk = refs.hands.resize(1);
    await until(() => app.tree().children![1]!.children!.some(({ state }) => state !== "running"), "one to leave");
    made.open("one");
    made.open("two");
    expect(await Promise.all(doors)).toEqual(["one", "two"]);
    expect(await Promise.all(waiting)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await shrunk;
    expect(app.tree().children![1]!.children).toHaveLength(1);
  });
});

describe.each(levels)("an elastic pool with a route that pushes, $level", ({ level }) => {
  it.each(["round-robin", "least-wait", "consistent-hash"] as const)(
    "%s: grows while mail waits, and spreads it",
    async (route) => {
      const made = plan();
      const scale = { targetWait: 10, shrinkAfter: 60_000, cpuBound: false };
      const { refs, app } = await play({
        gate: gateOf(made),
        hands: pool(at(level, Hand, { gate }), { min: 1, max: 3, route, scale }),
      });
      await refs.hands.ask.say("known by now");
      const keys = Array.from({ length: 24 }, (_, i) => `user-${i}`);
      const held = keys.map((key) =>
        (route === "consistent-hash" ? refs.hands.with({ key }) : refs.hands).ask.hold("door"),
      );
      // What waited before the only one is executed by those that came.
      await made.reached("door", 3);
      expect(app.tree().children![1]!.scaling).toMatchObject({ members: 3, by: "rule" });
      made.open("door");
      expect(await Promise.all(held)).toEqual(keys.map(() => "door"));
    },
  );
});

describe.each(levels)("a pool that hashes keys, $level", ({ level }) => {
  const members = (options: PoolOptions, more = {}) =>
    pool(at(level, Hand, { gate }, more), { route: "consistent-hash", ...options });
  const keys = Array.from({ length: 24 }, (_, i) => `user-${i}`);

  it("keeps a key with its member, and spreads keys; without one the smallest mailbox has it", async () => {
    const { refs } = await play({ hands: members({ size: 3 }) });
    const ask = () => Promise.all(keys.map((key) => refs.hands.with({ key }).ask.who()));
    const first = names(await ask());
    expect(new Set(first).size).toBe(3);
    expect(names(await ask())).toEqual(first);
    const keyless = await Promise.all([1, 2, 3].map(() => refs.hands.ask.who()));
    expect(new Set(names(keyless)).size).toBe(3);
  });

  it("lets a key wait for its member while that restarts, in order", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: members({ size: 2 }) });
    const owners = names(await Promise.all(keys.map((key) => refs.hands.with({ key }).ask.who())));
    const key = keys[owners.indexOf("1")]!;
    const mine = refs.hands.with({ key });
    const held = failure(mine.ask.hold("door"));
    await made.reached("door");
    const jots = ["a", "b", "c"].map((text) => mine.ask.jot(text));
    app.kill("hands/1");
    const later = mine.ask.jot("d");
    expect(await held).toMatchObject({ code: "ActorDied" });
    await Promise.all([...jots, later]);
    expect(made.notes.filter((note) => /^[a-d]$/.test(note))).toEqual(["a", "b", "c", "d"]);
    expect(await mine.ask.who()).toMatchObject({ path: "app/hands/1", incarnation: 2 });
  });

  it("moves a key when its member leaves: after what executes, in order, and no other key", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: members({ min: 1, max: 3 }) });
    await refs.hands.resize(3);
    const ask = () => Promise.all(keys.map((key) => refs.hands.with({ key }).ask.who()));
    const before = names(await ask());
    const moving = keys[before.indexOf("3")]!;
    const mine = refs.hands.with({ key: moving });
    const held = mine.ask.hold("door");
    await made.reached("door");
    const jots = ["a", "b"].map((text) => mine.ask.jot(text));
    // One does less than it and goes first; two that go take it along.
    const shrunk = refs.hands.resize(1);
    const later = mine.ask.jot("c");
    expect(made.notes.filter((note) => /^[a-c]$/.test(note))).toEqual([]);
    made.open("door");
    await Promise.all([held, ...jots, later]);
    expect(made.notes.filter((note) => /^[a-c]$/.test(note))).toEqual(["a", "b", "c"]);
    await shrunk;
    expect(new Set(names(await ask())).size).toBe(1);
  });

  it("moves a key's waiting mail to a member that joins, behind what executes", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: members({ min: 1, max: 2 }) });
    const held = keys.map((key) => refs.hands.with({ key }).ask.hold(key));
    await made.reached(keys[0]!);
    const after = keys.map((key) => refs.hands.with({ key }).ask.who());
    await refs.hands.resize(2);
    for (const key of keys) made.open(key);
    await Promise.all(held);
    const where = names(await Promise.all(after));
    expect(new Set(where).size).toBe(2);
    expect(names(await Promise.all(keys.map((key) => refs.hands.with({ key }).ask.who())))).toEqual(where);
  });

  it("moves the keys of a member that is given up, with what waited", async () => {
    const made = plan();
    const { refs } = await play({
      gate: gateOf(made),
      hands: members({ size: 2 }, { guiltyIntensity: { restarts: 0, within: "60s" } }),
    });
    const owners = names(await Promise.all(keys.map((key) => refs.hands.with({ key }).ask.who())));
    const mine = refs.hands.with({ key: keys[owners.indexOf("2")]! });
    const last = failure(mine.ask.holdThenThrow("door"));
    await made.reached("door");
    const waits = mine.ask.who();
    made.open("door");
    expect(await last).toMatchObject({ code: "HandlerFailed" });
    expect(names([await waits])).toEqual(["1"]);
  });
});
