import { describe, expect, it } from "vitest";
import { Deadlines } from "../../../src/mailbox/deadlines.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";

function scene() {
  const clock = new VirtualClock();
  const deadlines = new Deadlines(clock);
  const fired: string[] = [];
  const add = (ms: number, name: string) => deadlines.add(ms, () => fired.push(`${name}@${clock.now()}`));
  return { clock, deadlines, fired, add };
}

describe("deadlines", () => {
  it("expire each at its own moment, with one timer for each length", async () => {
    const { clock, fired, add } = scene();
    add(100, "a");
    await clock.advance(30);
    add(100, "b");
    add(10, "quick");
    expect(clock.pending).toBe(2);
    await clock.advance(200);
    expect(fired).toEqual(["quick@40", "a@100", "b@130"]);
    expect(clock.pending).toBe(0);
  });

  it("do not expire once forgotten, and a second forgetting does no harm", async () => {
    const { clock, fired, add } = scene();
    const forget = add(100, "a");
    add(100, "b");
    forget();
    forget();
    await clock.advance(100);
    expect(fired).toEqual(["b@100"]);
    forget();
  });

  it("hold in a line of thousands of which most are settled", async () => {
    const { clock, fired, add } = scene();
    for (let i = 0; i < 5000; i++) {
      const forget = add(1000, `m${i}`);
      if (i % 100) forget();
      if (i % 50 === 0) await clock.advance(1);
    }
    await clock.advance(2000);
    expect(fired).toHaveLength(50);
    expect(fired.map((name) => Number(/m(\d+)/.exec(name)![1]))).toEqual(Array.from({ length: 50 }, (_, i) => i * 100));
  });

  it("let the process end while nobody waits, and hold it while somebody does", () => {
    const held: boolean[] = [];
    const clock = new VirtualClock();
    const deadlines = new Deadlines({
      now: () => clock.now(),
      wallTime: () => 0,
      after: (ms, callback) => ({ ...clock.after(ms, callback), hold: (keep) => held.push(keep) }),
    });
    const forget = deadlines.add(100, () => {});
    forget();
    deadlines.add(100, () => {});
    expect(held).toEqual([false, true]);
  });

  it("may be added from an expiry of the same line", async () => {
    const { clock, deadlines, fired, add } = scene();
    deadlines.add(10, () => add(10, "second"));
    await clock.advance(30);
    expect(fired).toEqual(["second@20"]);
  });

  it("expire nothing after close", async () => {
    const { clock, deadlines, fired, add } = scene();
    add(10, "a");
    deadlines.close();
    await clock.advance(100);
    expect(fired).toEqual([]);
  });
});

it("deadlines of ever new lengths, settled at once, leave few timers behind", () => {
  const clock = new VirtualClock();
  const deadlines = new Deadlines(clock);
  for (let ms = 1; ms <= 1000; ms++) deadlines.add(ms, () => {})();
  expect(clock.pending).toBeLessThan(20);
});
