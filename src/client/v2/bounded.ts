import type { Clock } from "../../clock.js";
import { HoldfastError } from "../../errors.js";

/** How far a call goes. */
export interface Bounds {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** For the message of its end: `infer digits`. */
  readonly what: string;
  /** It only asks: it can be asked again. */
  readonly asks: boolean;
}

/**
 * Runs something until its time is up or its caller gives up, whatever it does with the signal that it gets: it settles once.
 * @throws (rejects) HoldfastError Timeout or Cancelled, or what it threw
 */
export function bounded<T>(bounds: Bounds, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, timeoutMs, signal, what, asks } = bounds;
  const gaveUp = () => new HoldfastError("Cancelled", `${what}: the caller gave up`, { cause: signal?.reason });
  if (signal?.aborted) return Promise.reject(gaveUp());
  return new Promise<T>((resolve, reject) => {
    const stop = new AbortController();
    const end = (error: HoldfastError) => {
      reject(error);
      stop.abort(error);
    };
    const late = () =>
      end(new HoldfastError("Timeout", `${what}: no answer within ${timeoutMs} ms`, { retryable: asks }));
    const cancel = () => end(gaveUp());
    const limit = timeoutMs === Infinity ? undefined : clock.after(timeoutMs, late);
    signal?.addEventListener("abort", cancel, { once: true });
    run(stop.signal)
      .then(resolve, reject)
      .finally(() => {
        limit?.cancel();
        signal?.removeEventListener("abort", cancel);
      });
  });
}
