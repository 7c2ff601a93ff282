import { type Clock, noTimer, type Timer } from "../clock.js";
import type { Shutdown } from "../supervision/spec.js";

/**
 * A promise with a limit. Past it, `late` is called once: what it returns rejects, or resolves when it is undefined.
 * `Infinity` waits for ever.
 */
export function within<T>(
  clock: Pick<Clock, "after">,
  ms: number,
  promise: Promise<T>,
  late: () => Error | undefined,
): Promise<T | undefined> {
  if (ms === Number.POSITIVE_INFINITY) return promise;
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => {
      const error = late();
      if (error) reject(error);
      else resolve(undefined);
    });
    promise.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error);
      },
    );
  });
}

/** The milliseconds of a shutdown that asks. */
export function limitOf(shutdown: Exclude<Shutdown, "brutal">): number {
  return shutdown === "unlimited" ? Number.POSITIVE_INFINITY : shutdown;
}

/** Fires when a stop has taken longer than it may. */
export function lateStop(clock: Clock, shutdown: Shutdown, late: () => void): Timer {
  const ms = shutdown === "brutal" ? 0 : limitOf(shutdown);
  return Number.isFinite(ms) ? clock.after(ms, late) : noTimer;
}
