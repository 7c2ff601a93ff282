import { type Chance, type Clock, seededChance, type Timer } from "../../src/clock.js";

interface Due {
  readonly at: number;
  readonly order: number;
  readonly what: string;
  readonly run: () => void;
  readonly background: boolean;
  state: "due" | "done";
}

/** One timer in so many is late, by up to this: real ones are never early and rarely exact. */
const LATE_ONE_IN = 4;
const LATE_BY_MS = 3;

/**
 * Everything that happens in a simulation happens here, one event at a time: timers of the system and of its hosts,
 * frames that arrive, what clients and operators do, faults. Time jumps from event to event; chance comes from the seed;
 * nothing reads the machine's clock. After each event the promises it settled are heard before the next.
 *
 *   after(), at() ─▶ heap by (time, order) ─▶ step(): now = its time ▸ run it ▸ drain microtasks
 */
export class Scheduler implements Clock {
  readonly chance: Chance;
  steps = 0;
  #now = 1000;
  #order = 0;
  #foreground = 0;
  readonly #heap: Due[] = [];

  constructor(seed: number) {
    this.chance = seededChance(seed);
  }

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return 1_700_000_000_000 + this.#now;
  }

  /** Timers of the system that would keep a real program alive. */
  get foreground(): number {
    return this.#foreground;
  }

  get idle(): boolean {
    return this.#heap.length === 0;
  }

  /** What is still due, for people who ask why a stop left something behind. */
  due(): string[] {
    return this.#heap.filter(({ state }) => state === "due").map(({ what, at }) => `${what} at ${at.toFixed(2)}`);
  }

  after(ms: number, callback: () => void, options: { background?: boolean } = {}): Timer {
    const late = this.int(LATE_ONE_IN) === 0 ? this.chance() * LATE_BY_MS : 0;
    const due = this.#push("timer", this.#now + Math.max(0, ms) + late, callback, options.background ?? false);
    let held = !due.background;
    if (held) this.#foreground++;
    const release = () => {
      if (held) this.#foreground--;
      held = false;
    };
    this.#releases.set(due, release);
    return {
      cancel: () => {
        due.state = "done";
        release();
      },
      hold: (keepAlive) => {
        if (due.state === "done" || held === keepAlive) return;
        held = keepAlive;
        this.#foreground += keepAlive ? 1 : -1;
      },
    };
  }

  readonly #releases = new WeakMap<Due, () => void>();

  /** Something that is no timer: a frame on its way, an operator, a fault. */
  at(at: number, what: string, run: () => void): void {
    this.#push(what, Math.max(at, this.#now), run, true);
  }

  /** Nothing happens until then. */
  rest(until: number): void {
    this.#now = Math.max(this.#now, until);
  }

  /** The whole program stands still: garbage is collected, a laptop sleeps. */
  lag(ms: number): void {
    this.#now += ms;
  }

  int(below: number): number {
    return Math.floor(this.chance() * below);
  }

  between(low: number, high: number): number {
    return low + this.chance() * (high - low);
  }

  /** Runs the next event; false when there is none, or none until `until`. */
  async step(until = Number.POSITIVE_INFINITY): Promise<boolean> {
    let next = this.#heap[0];
    while (next?.state === "done") {
      this.#pop();
      next = this.#heap[0];
    }
    if (!next || next.at > until || next.at === Number.POSITIVE_INFINITY) return false;
    this.#pop();
    next.state = "done";
    this.#releases.get(next)?.();
    this.#now = Math.max(this.#now, next.at);
    this.steps++;
    next.run();
    await microtasks();
    return true;
  }

  #push(what: string, at: number, run: () => void, background: boolean): Due {
    const due: Due = { at, order: ++this.#order, what, run, background, state: "due" };
    const heap = this.#heap;
    heap.push(due);
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!before(due, heap[parent]!)) break;
      heap[child] = heap[parent]!;
      child = parent;
    }
    heap[child] = due;
    return due;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[parent] = heap[child]!;
      parent = child;
    }
    heap[parent] = last;
  }
}

function before(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/**
 * All promises that can settle now are heard: an immediate comes after every microtask. Twice, since the engine hears of
 * a failed start by an immediate of its own, which may be queued behind the first.
 */
export async function microtasks(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
