import type { Clock } from "../clock.js";

/**
 * A promise with a limit. Past it, `late` is called once: what it returns rejects, or resolves when it is undefined.
 * `Infinity` waits for ever.
 */
export function within(clock: Clock, ms: number, promise: Promise<void>, late: () => Error | undefined): Promise<void> {
  if (ms === Number.POSITIVE_INFINITY) return promise;
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => {
      const error = late();
      if (error) reject(error);
      else resolve();
    });
    promise.then(
      () => {
        timer.cancel();
        resolve();
      },
      (error: unknown) => {
        timer.cancel();
        reject(error);
      },
    );
  });
}
