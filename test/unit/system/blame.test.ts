import { describe, expect, it } from "vitest";
import { culpritOf, judge, type Scene, type Verdict } from "../../../src/system/death/blame.js";
import type { DeathCause } from "../../../src/system/death/report.js";

const error = new Error("bad");
const exit: DeathCause = { kind: "exit", code: 1, signal: null };
const uncaught: DeathCause = { kind: "uncaught", error };
const hung: DeathCause = { kind: "hung", method: "m", limitMs: 1, ageMs: 2, actor: 1, seq: 5 };
const self = { actor: 1, seq: 5 };
const other = { actor: 1, seq: 4 };

/** Judged is message 5 of actor 1. */
const table: [string, Partial<Scene>, boolean, Verdict][] = [
  ["it alone was executing", {}, false, "guilty"],
  ["it alone, at a full heap", { cause: { kind: "heap", error } }, false, "guilty"],
  ["one of two", { suspects: 2 }, false, "suspect"],
  ["one of two, tried once before", { suspects: 2 }, true, "suspect"],
  ["it alone, at its trial", {}, true, "guilty"],
  ["its handler threw beside others", { cause: { kind: "threw", error }, culprit: self, suspects: 3 }, false, "guilty"],
  ["another's handler threw", { cause: { kind: "threw", error }, culprit: other, suspects: 3 }, false, "innocent"],
  ["an uncaught error traced to it", { cause: uncaught, culprit: self, suspects: 3 }, false, "guilty"],
  ["an uncaught error traced to its neighbour", { cause: uncaught, culprit: other, suspects: 3 }, false, "innocent"],
  ["one traced to the same number of another actor", { culprit: { actor: 2, seq: 5 }, suspects: 3 }, false, "innocent"],
  ["an uncaught error of nobody, among three", { cause: uncaught, suspects: 3 }, false, "suspect"],
  ["an uncaught error of nobody, alone", { cause: uncaught }, false, "guilty"],
  ["one traced to what had been answered", { cause: uncaught, culprit: other, named: false }, false, "suspect"],
  ["the same at its trial", { cause: uncaught, culprit: other, named: false }, true, "guilty"],
  ["the same among three", { cause: uncaught, culprit: other, named: false, suspects: 3 }, true, "suspect"],
  ["it ran past its limit", { cause: hung, culprit: self, suspects: 2 }, false, "guilty"],
  ["its neighbour ran past its limit", { cause: { ...hung, seq: 4 }, culprit: other, suspects: 2 }, false, "innocent"],
  ["killed on purpose", { cause: { kind: "killed", by: "an operator" } }, true, "innocent"],
  ["it was made to hang by hand", { cause: { ...hung, by: "an operator" }, culprit: self }, true, "innocent"],
  ["what an earlier incarnation left behind", { cause: lingered() }, false, "innocent"],
];

function lingered(): DeathCause {
  return { kind: "lingered", method: "m", incarnation: 1, graceMs: 1 };
}

describe("what a cause names", () => {
  it("is a message past its limit, unless its host was silent for most of it", () => {
    const late = { kind: "hung", method: "m", limitMs: 100, ageMs: 101, actor: 1, seq: 5 } as const;
    expect(culpritOf(late)).toEqual(self);
    expect(culpritOf({ ...late, silentMs: 40 })).toEqual(self);
    expect(culpritOf({ ...late, silentMs: 60 })).toBeUndefined();
  });

  it("is the message that had set going what failed", () => {
    expect(culpritOf({ kind: "uncaught", error, ...self })).toEqual(self);
    expect(culpritOf({ kind: "threw", error, ...self })).toEqual(self);
    expect(culpritOf(uncaught)).toBeUndefined();
    expect(culpritOf(exit)).toBeUndefined();
  });
});

describe("how a message that was executing at a death is judged", () => {
  it.each(table)("%s", (_, facts, tried, verdict) => {
    const scene: Scene = { cause: exit, actor: 1, culprit: undefined, named: true, suspects: 1, ...facts };
    expect(judge(scene, 5, tried)).toBe(verdict);
  });

  it("finds at most one guilty, whatever is known", () => {
    const seqs = [4, 5, 6];
    for (const culprit of [undefined, self, other, { actor: 2, seq: 5 }])
      for (const named of [false, true])
        for (const cause of [exit, uncaught, hung, lingered()]) {
          const scene: Scene = { cause, actor: 1, culprit, named, suspects: seqs.length };
          const guilty = seqs.filter((seq) => judge(scene, seq, true) === "guilty");
          expect(guilty.length).toBeLessThanOrEqual(1);
        }
  });
});
