import { majority, parity, type SystemEvent } from "holdfast";
import { describe, expect, it } from "vitest";
import { Scorer } from "../actors/answers.mjs";
import { castingFrom } from "./casting.js";
import { failure, levels, play, walls } from "./stage.js";
import { until } from "./until.js";

const at = castingFrom(new URL("../actors/answers.mjs", import.meta.url));
const x = new Float32Array([1, 2, 3]);
const y = new Float32Array([3, 5, 7]);
/** Their own copy: what is sent belongs to its receiver. */
const values = () => x.slice();

const told = <T extends SystemEvent["type"]>(events: readonly SystemEvent[], type: T) =>
  events.filter((event): event is Extract<SystemEvent, { type: T }> => event.type === type);

describe.each(levels)("majority, $level", ({ level }) => {
  const all = (options = {}) => majority(at(level, Scorer), options);

  it("answers with what most members say, and names the one that said something else", async () => {
    const { refs, events } = await play({ sure: all({ size: 3 }) });
    expect(await refs.sure.ask.score(values(), { 2: 0.5 })).toEqual(y);
    await until(() => told(events, "outvoted").length === 1, "the outvoted to be named");
    expect(told(events, "outvoted")).toEqual([
      { type: "outvoted", path: "app/sure", method: "score", members: ["2"], agreed: 2, of: 3, decided: true },
    ]);
    expect(await refs.sure.ask.score(values())).toEqual(y);
    expect(told(events, "outvoted")).toHaveLength(1);
  });

  it("does not wait for the last one, and hears it all the same", async () => {
    const { refs, events } = await play({ sure: all({ size: 3 }) });
    const quick = refs.sure.with({ timeout: "300ms" });
    expect(await quick.ask.score(values(), { 1: "wait" })).toEqual(y);
    expect(told(events, "outvoted")).toEqual([]);
  });

  it("fails by name where too few agree", async () => {
    const { refs, events } = await play({ sure: all({ size: 3 }) });
    expect(await failure(refs.sure.ask.score(values(), { 1: 1, 2: 2 }))).toMatchObject({
      code: "NoQuorum",
      retryable: false,
      details: { votes: [1, 1, 1], quorum: 2, members: 3 },
    });
    await until(() => told(events, "outvoted").length === 1, "all to be named");
    const [{ members, decided } = { members: [], decided: true }] = told(events, "outvoted");
    expect([[...members].sort(), decided]).toEqual([["1", "2", "3"], false]);
  });

  it("lets numbers differ by the tolerance", async () => {
    const { refs } = await play({ sure: all({ size: 3, tolerance: 1e-3 }) });
    expect((await refs.sure.ask.score(values(), { 1: 1e-4, 2: -1e-4 }))[2]).toBeCloseTo(7, 3);
    expect(await failure(refs.sure.ask.score(values(), { 1: 0.1, 2: -0.1 }))).toMatchObject({ code: "NoQuorum" });
  });

  it("takes a refusal as an answer", async () => {
    const { refs } = await play({ sure: all({ size: 3 }) });
    const orders = { 1: "refuse", 3: "refuse" } as const;
    expect(await failure(refs.sure.ask.score(values(), orders))).toMatchObject({
      code: "Refused",
      message: "too long",
    });
  });
});

describe.each(walls)("redundancy over deaths, $level", ({ level }) => {
  it("majority: answers though one of three dies", async () => {
    const { refs, reports } = await play({ sure: majority(at(level, Scorer), { size: 3 }) });
    if (level === "fork") {
      expect(await refs.sure.ask.score(values(), { 3: "die" })).toEqual(y);
      await until(() => reports.some(({ path }) => path === "app/sure/3"), "the death to be told");
    }
    expect(await refs.sure.ask.score(values(), { 3: "throw" })).toEqual(y);
  });

  it("parity: makes the answer of the member that died out of the others", async () => {
    const { refs, events } = await play({
      scores: parity(at(level, Scorer), { size: 4, linear: ["score"], wait: "5s" }),
    });
    const fault = level === "fork" ? "die" : "throw";
    const asks = [1, 2, 3].map((n) => refs.scores.ask.score({ total: n, label: "a" }, { 2: fault }));
    expect(await Promise.all(asks)).toEqual([1, 2, 3].map((n) => ({ total: 2 * n + 1, label: "a" })));
    await until(() => told(events, "rebuilt").length === 1, "the rebuilt answer to be told");
    expect(told(events, "rebuilt")).toMatchObject([{ path: "app/scores", member: "2", of: 3 }]);
  });
});

describe.each(levels)("parity, $level", ({ level }) => {
  const group = (options = {}) => parity(at(level, Scorer), { size: 4, linear: ["score"], wait: "5s", ...options });

  it("asks each of a group at another member, and takes their own answers where they come", async () => {
    const { refs } = await play({ scores: group() });
    const asks = [1, 2, 3].map((n) => refs.scores.ask.score({ total: n, label: "a" }));
    expect((await Promise.all(asks)).map(({ total }) => total)).toEqual([3, 5, 7]);
  });

  it("makes the answer of one that is late out of the others, and cancels it", async () => {
    const { refs, events } = await play({ scores: group() });
    const asks = [10, 20, 30].map((n) => refs.scores.ask.score({ total: n, label: "a" }, { 3: "wait" }));
    expect((await Promise.all(asks)).map(({ total }) => total)).toEqual([21, 41, 61]);
    expect(told(events, "rebuilt")).toMatchObject([{ member: "3", why: "late" }]);
  });

  it("fails the asks of two that are lost with their own errors, and answers the others", async () => {
    const { refs } = await play({ scores: group() });
    const orders = { 1: "throw", 2: "throw" } as const;
    const asks = [1, 2, 3].map((n) => refs.scores.ask.score({ total: n, label: "a" }, orders));
    const outcomes = await Promise.allSettled(asks);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
    expect(await failure(asks[0]!)).toMatchObject({ code: "HandlerFailed" });
  });

  it("fails a lost one with its own error where the group has no one form", async () => {
    const { refs } = await play({ scores: group() });
    const asks = ["a", "b", "c"].map((label) => refs.scores.ask.score({ total: 1, label }, { 2: "throw" }));
    const outcomes = await Promise.allSettled(asks);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("does not wait for a group to be full", async () => {
    const { refs, events } = await play({ scores: group({ wait: "5ms" }) });
    const asks = [1, 2].map((n) => refs.scores.ask.score({ total: n, label: "a" }, { 1: "wait" }));
    expect((await Promise.all(asks)).map(({ total }) => total)).toEqual([3, 5]);
    expect(told(events, "rebuilt")).toMatchObject([{ member: "1", why: "late", of: 2 }]);
  });

  it("sends what is not declared linear to one member", async () => {
    const { refs } = await play({ scores: group() });
    expect(await Promise.all([refs.scores.ask.squared(3), refs.scores.ask.squared(4)])).toEqual([9, 16]);
  });

  it("keeps what others may be made of apart from what its caller gets", async () => {
    const { refs } = await play({ scores: group() });
    const asks = [1, 2, 3].map(async (n) => {
      const answer = await refs.scores.ask.score(new Float64Array([n]), { 2: "wait" });
      const seen = answer[0];
      answer.fill(0);
      return seen;
    });
    expect(await Promise.all(asks)).toEqual([3, 5, 7]);
  });
});

describe("the number of members where nothing is said", () => {
  const scorer = at("inline", Scorer);
  it.each([
    { them: majority(scorer), members: 3 },
    { them: majority(scorer, {}), members: 3 },
    { them: majority(scorer, { quorum: 2 }), members: 3 },
    { them: majority(scorer, { max: 2 }), members: 2 },
    { them: majority(scorer, { min: 5 }), members: 5 },
    { them: parity(scorer, { linear: ["score"] }), members: 2 },
  ])("is enough for one to be wrong, or late (%#)", async ({ them, members }) => {
    const { app } = await play({ them });
    expect(app.tree().children?.[0]?.children).toHaveLength(members);
  });
});

describe.each(levels)("a linear method that is none, $level", ({ level }) => {
  const them = () => parity(at(level, Scorer), { linear: ["scoer"] });
  const message = expect.stringMatching(
    /^app\/them\.linear has "scoer": its members have no such method; did you mean "score"\? \(there are: /,
  );

  it("is told at the start", async () => {
    expect(await failure(play({ them: them() }))).toMatchObject({ code: "InvalidSpec", message });
  });

  it("is told to who asks, where nobody waits for the start", async () => {
    const { refs } = await play({ them: them() }, {}, { start: "background" });
    const outcome = async () => {
      const error = await failure(refs.them.ask.squared(3));
      return error instanceof Error ? error.message : error;
    };
    await expect.poll(() => outcome().catch(String), { timeout: 10_000 }).toContain('linear has "scoer"');
  });
});

describe("what cannot be", () => {
  it.each([
    [
      majority(at("inline", Scorer), { size: 3, quorum: 4 }),
      "app/them.quorum is 4: give 3 or fewer: there are 3 members at most",
    ],
    [majority(at("inline", Scorer), { size: 4, quorum: 2 }), "app/them.quorum is 2: give more than half of 4 members"],
    [
      majority(at("inline", Scorer), { size: 3, tolerance: 2 }),
      "app/them.tolerance is 2: give a number from 0 to below 1",
    ],
    [
      majority(at("inline", Scorer), { size: 1 }),
      "app/them.size is 1: give 3 or more: one member has nobody to outvote it",
    ],
    [majority(at("inline", Scorer), { min: 1 }), "app/them.min is 1: give 3 or more"],
    [majority(at("inline", Scorer), { max: 1 }), "app/them.max is 1: give 3 or more"],
    [majority(at("inline", Scorer), { max: 0 }), "app/them.max is 0: give a whole number above 0"],
    [parity(at("inline", Scorer), { size: 1, linear: ["score"] }), "app/them.size is 1: give 2 or more"],
    [parity(at("inline", Scorer), { min: 1, linear: ["score"] }), "app/them.min is 1: give 2 or more"],
    [
      parity(at("inline", Scorer), { size: 3, linear: [] }),
      "app/them.linear is an array: give the names of the methods",
    ],
  ])("is refused by name (%#)", async (them, message) => {
    const { message: text } = await failure(play({ them } as never));
    expect(text).toContain(message);
  });
});
