import { describe, expect, it } from "vitest";
import { StartTimes } from "../../../src/routing/scaling/start-times.js";

function started(times: StartTimes, warm: boolean, tookMs: number) {
  const member = {};
  times.begins(member, warm, 1000);
  times.serves(member, 1000 + tookMs);
}

describe("what a start will take", () => {
  it("is unknown onto a spare until one was seen, however long the cold ones took", () => {
    const times = new StartTimes();
    expect([times.expected(true), times.expected(false)]).toEqual([undefined, undefined]);
    started(times, false, 700);
    expect([times.expected(true), times.expected(false)]).toEqual([undefined, 700]);
    started(times, true, 3);
    expect([times.expected(true), times.expected(false)]).toEqual([3, 700]);
  });

  it("without a spare is at least what it takes onto one, where nothing else is known", () => {
    const times = new StartTimes();
    started(times, true, 3);
    expect(times.expected(false)).toBe(3);
  });

  it("learns nothing from a start that failed", () => {
    const times = new StartTimes();
    const member = {};
    times.begins(member, true, 0);
    times.fails(member);
    times.serves(member, 5);
    expect(times.expected(true)).toBeUndefined();
  });
});
