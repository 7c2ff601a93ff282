/**
 * Time and chance are handed in, never reached for: a decision that reads neither can be replayed from a seed.
 * This file is the only place in the parent that knows the machine's clock.
 */

export interface Timer {
  cancel(): void;
  /** Whether this timer keeps the process alive while it runs. Virtual timers have nothing to hold. */
  hold?(keepAlive: boolean): unknown;
}

/** Of what may take as long as it likes. */
export const noTimer: Timer = { cancel() {} };

export interface Clock {
  /** Time passes by itself, so that a moment that was never asked for need not be known. Default false: somebody moves it. */
  readonly flows?: boolean;
  /** Monotonic milliseconds, comparable across the threads and processes of one machine (process.hrtime). */
  now(): number;
  /** Milliseconds since 1970, for people; never for a decision. */
  wallTime(): number;
  /** Calls back once, `ms` from now. `background` timers do not keep the process alive. */
  after(ms: number, callback: () => void, options?: { background?: boolean }): Timer;
}

/** `process` is a getter: an ask reads the clock twice. */
const { hrtime } = process;

/** Monotonic milliseconds on the scale that every thread and process of this machine shares. */
export function monotonicNow(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** The longest delay a Node timer can hold (2^31 - 1 ms, about 24.8 days); longer ones would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const realClock: Clock = {
  flows: true,
  now: monotonicNow,
  wallTime: () => Date.now(),
  after(ms, callback, options) {
    const handle = setTimeout(callback, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
    if (options?.background) handle.unref();
    return {
      cancel: () => clearTimeout(handle),
      hold: (keepAlive) => (keepAlive ? handle.ref() : handle.unref()),
    };
  },
};

/** A source of numbers in [0, 1). */
export type Chance = () => number;

/** Seeded chance (mulberry32): the same seed gives the same numbers for ever. */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
