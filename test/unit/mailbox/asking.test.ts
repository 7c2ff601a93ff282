import { describe, expect, it } from "vitest";
import { Asking } from "../../../src/mailbox/asking.js";
import { Deadlines } from "../../../src/mailbox/deadlines.js";
import { Message } from "../../../src/mailbox/message.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import { uncounted } from "./mail.js";

function scene() {
  const clock = new VirtualClock();
  const deadlines = new Deadlines(clock);
  const heard: unknown[] = [];
  const asking = new Asking(
    (value) => heard.push(value),
    (error) => heard.push((error as { code?: string }).code),
  );
  const sent = { method: "m", options: {}, tally: uncounted(), lost() {} };
  const message = new Message(sent, 1, undefined, false, 24, asking);
  asking.message = message;
  return { clock, deadlines, asking, message, heard };
}

describe("who waits for an answer", () => {
  it("waits until its deadline, and no longer", async () => {
    const { clock, deadlines, asking, message, heard } = scene();
    asking.within(100, clock.now(), deadlines);
    expect(message.deadline).toBe(clock.now() + 100);
    await clock.advance(99);
    expect(heard).toEqual([]);
    await clock.advance(1);
    expect(heard).toEqual(["Timeout"]);
    expect(message.succeed("too late")).toBe(false);
  });

  it("is counted from when it is said to be, once, and is among no deadlines before", async () => {
    const { clock, deadlines, asking, message, heard } = scene();
    asking.withinLater(100, deadlines);
    expect([message.deadline, clock.pending]).toEqual([Number.POSITIVE_INFINITY, 0]);
    await clock.advance(10);
    asking.count(clock.now());
    await clock.advance(50);
    asking.count(clock.now());
    expect(clock.pending).toBe(1);
    await clock.advance(49);
    expect(heard).toEqual([]);
    await clock.advance(1);
    expect(heard).toEqual(["Timeout"]);
  });

  it("leaves nothing among the deadlines where it has its answer first", () => {
    const { clock, deadlines, asking, message, heard } = scene();
    asking.withinLater(100, deadlines);
    message.succeed(42);
    asking.count(clock.now());
    expect([heard, clock.pending]).toEqual([[42], 0]);
  });
});
