import { describe, expect, it } from "vitest";
import { methodLimit } from "../../../src/actor/method-limit.js";
import type { MethodFacts } from "../../../src/actor/methods.js";

const never = Number.POSITIVE_INFINITY;
const method = (limitMs: number, learns: boolean): MethodFacts => ({
  idempotent: false,
  limitMs,
  learns,
  reveal: false,
  stream: false,
});
const hour = 3_600_000;

describe("how long a run may take", () => {
  const cases: [what: string, method: MethodFacts, longestMs: number, waitsMs: number, limitMs: number][] = [
    ["what the method declares", method(2000, false), 0, 30_000, 2000],
    ["what it declares, whatever was seen", method(2000, false), 1999, 30_000, 2000],
    ["what it declares, whoever waits", method(2000, false), 0, hour, 2000],
    ["for ever, where it declares that", method(never, false), 0, 30_000, never],
    ["60 s where it declares nothing", method(60_000, true), 0, 30_000, 60_000],
    ["60 s, as long as its runs are short", method(60_000, true), 5999, 30_000, 60_000],
    ["ten times its longest run", method(60_000, true), 30_000, 30_000, 300_000],
    ["as long as its caller waits", method(60_000, true), 0, 600_000, 600_000],
    ["the longer of both", method(60_000, true), 70_000, 600_000, 700_000],
    ["60 s for a caller who waits for ever, or not at all: he names no time", method(60_000, true), 0, never, 60_000],
    ["60 s for a caller whose deadline has passed", method(60_000, true), 0, -5, 60_000],
  ];
  it.each(cases)("is %s", (_, facts, longestMs, waitsMs, limitMs) => {
    expect(methodLimit(facts, longestMs, waitsMs)).toBe(limitMs);
  });
});
