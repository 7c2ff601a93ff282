import { expect, it } from "vitest";
import type { Clock, Timer } from "../../../src/clock.js";
import { HangWatch, type Watched } from "../../../src/system/cell/hang-watch.js";
import type { WatchedTime } from "../../../src/system/cell/watched-time.js";

/** Time whose timers fire late, all at once, when the program was held up. */
class HeldUpClock implements Clock {
  time = 0;
  fired = 0;
  #due = new Set<{ at: number; callback: () => void }>();

  now = () => this.time;
  wallTime = () => this.time;
  after(ms: number, callback: () => void): Timer {
    const due = { at: this.time + ms, callback };
    this.#due.add(due);
    return { cancel: () => this.#due.delete(due) };
  }
  get timers(): number {
    return this.#due.size;
  }
  /** Nobody is held up: each timer fires at its moment. */
  pass(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      const next = [...this.#due].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > until) break;
      this.time = Math.max(this.time, next.at);
      this.#fire(next);
    }
    this.time = until;
  }
  /** The program stands still, and then everything is late. */
  holdUp(ms: number): void {
    this.time += ms;
    for (const due of [...this.#due]) if (due.at <= this.time) this.#fire(due);
  }
  #fire(due: { at: number; callback: () => void }): void {
    this.#due.delete(due);
    this.fired++;
    due.callback();
  }
}

/** One handler that began at 0 and never ends; it is past its limit when `limitMs` of its time were watched. */
class OneHandler implements Watched {
  readonly limitMs: number;
  due: number;
  killedAt: number | undefined;
  constructor(limitMs: number) {
    this.limitMs = limitMs;
    this.due = limitMs;
  }
  look(now: number, time: WatchedTime): boolean {
    this.due = this.limitMs + time.missed(0);
    if (this.due > now) return true;
    this.killedAt = now;
    return false;
  }
  glance(): boolean {
    return true;
  }
}

function stage(limitMs: number) {
  const clock = new HeldUpClock();
  const handler = new OneHandler(limitMs);
  const watch = new HangWatch(clock);
  watch.begin(handler, 0);
  return { clock, handler, watch };
}

it.each([20, 100, 2000, 60_000])("one that hangs is looked at in the very moment of its limit, %d ms", (limitMs) => {
  const { clock, handler } = stage(limitMs);
  clock.pass(limitMs + 1000);
  expect(handler.killedAt).toBe(limitMs);
});

it("there is no timer where nothing executes, and few where something does", () => {
  const { clock } = stage(60_000);
  clock.pass(10_000);
  expect(clock.fired).toBeLessThanOrEqual(40);
  clock.pass(60_000);
  expect(clock.timers).toBe(0);
});

it("one that ends is looked at no more", () => {
  const { clock, handler, watch } = stage(100);
  clock.pass(50);
  watch.end(handler);
  expect(clock.timers).toBe(0);
  clock.pass(1000);
  expect(handler.killedAt).toBeUndefined();
});

it("a program that stood still for ten limits has taken a tenth of one from the handler at most", () => {
  for (const after of [0, 1, 30, 55, 79]) {
    const { clock, handler } = stage(100);
    clock.pass(after);
    clock.holdUp(1000);
    clock.pass(89 - after);
    expect(handler.killedAt, `held up after ${after}`).toBeUndefined();
    clock.pass(20 + after);
    expect(handler.killedAt, `held up after ${after}`).toBeGreaterThanOrEqual(1089);
    expect(handler.killedAt, `held up after ${after}`).toBeLessThanOrEqual(1100);
  }
});

it("one that hangs is ended all the same by a program that is always late", () => {
  const { clock, handler } = stage(100);
  for (let i = 0; i < 30 && handler.killedAt === undefined; i++) clock.holdUp(500);
  expect(handler.killedAt).toBeDefined();
});

it("a shorter limit that comes later is not kept waiting by a longer one", () => {
  const { clock, handler, watch } = stage(60_000);
  clock.pass(10);
  const short = new OneHandler(30);
  watch.begin(short, clock.time);
  clock.pass(100);
  expect(short.killedAt).toBe(30);
  expect(handler.killedAt).toBeUndefined();
});
