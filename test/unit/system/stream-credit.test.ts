import { describe, expect, it } from "vitest";
import { FIRST_STREAM_CREDIT } from "../../../src/host/output-stream.js";
import { StreamCredit } from "../../../src/system/cell/stream-credit.js";

function used(credit: StreamCredit, now: number): void {
  for (let n = 0; n < FIRST_STREAM_CREDIT; n++) credit.arrived(now);
}

describe("the credit of an output stream", () => {
  it("pauses it when it has sent all it may, until its consumer takes a value", () => {
    const credit = new StreamCredit();
    for (let n = 1; n < FIRST_STREAM_CREDIT; n++) credit.arrived(10);
    expect(credit.pausedMs(1000)).toBe(0);
    credit.arrived(1000);
    expect(credit.pausedMs(1500)).toBe(500);
    credit.granted(1, 1700);
    expect(credit.pausedMs(9000)).toBe(700);
  });

  it("adds pauses up", () => {
    const credit = new StreamCredit();
    used(credit, 0);
    credit.granted(1, 100);
    credit.arrived(150);
    credit.granted(2, 200);
    credit.arrived(300);
    expect(credit.pausedMs(1000)).toBe(150);
    credit.arrived(400);
    expect(credit.pausedMs(1000)).toBe(750);
  });

  it("never pauses one again whose consumer has left", () => {
    const credit = new StreamCredit();
    used(credit, 0);
    credit.closed(100);
    used(credit, 200);
    expect(credit.pausedMs(1000)).toBe(100);
  });
});
