import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Reading } from "../reading.js";
import type { Source } from "../source.js";

/** How often the loop's delay is sampled, ms: a delay is told to this. */
const RESOLUTION_MS = 10;

/** So much more than its own work explains a delay may be, ms: a machine that is busy gives the processor late. */
const UNEXPLAINED_MS = 250;

/** What the loop has done since the look before. */
export interface LoopLook {
  /** The longest pause between two samples, ms. */
  readonly longestMs: number;
  /** In which it worked. */
  readonly activeMs: number;
  readonly idleMs: number;
}

/**
 * A delay that the loop's own work does not explain is no reading of the loop: the process was suspended, or its machine was.
 *
 *   |── work ──|── work ──|            long delay, long work: blocked
 *   |.|        (nothing)         |.|   long delay, no work: suspended
 */
export function loopReadings({ longestMs, activeMs, idleMs }: LoopLook): readonly Reading[] {
  const total = activeMs + idleMs;
  if (total <= 0) return [];
  const use: Reading = { name: "loop-use", unit: "%", value: (activeMs / total) * 100 };
  const delayMs = Math.max(0, longestMs - RESOLUTION_MS);
  if (delayMs > activeMs + UNEXPLAINED_MS) return [];
  return [{ name: "loop-delay", unit: "ms", value: delayMs }, use];
}

/** The event loop of this thread. */
export function loopSource(): Source {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  let resetAt = performance.now();
  return {
    every: 1,
    names: ["loop-delay", "loop-use"],
    read() {
      const now = performance.eventLoopUtilization();
      const { active, idle } = performance.eventLoopUtilization(now, before);
      before = now;
      const at = performance.now();
      const longestMs = longestOf(delays, at - resetAt);
      delays.reset();
      resetAt = at;
      return loopReadings({ longestMs, activeMs: active, idleMs: idle });
    },
    close: () => void delays.disable(),
  };
}

/**
 * A reset forgets when the last sample was, and the first pause after it is in no sample: it is what is missing in their sum.
 *
 *   reset |····· first sample |──|──|──|── last |·| look
 *          not in any                            little
 */
function longestOf({ count, max, mean }: { count: number; max: number; mean: number }, passedMs: number): number {
  if (count === 0) return passedMs;
  return Math.max(max / 1e6, passedMs - (mean * count) / 1e6);
}
