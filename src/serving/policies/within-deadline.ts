import { onAbort } from "../../actor/on-abort.js";
import type { Clock } from "../../clock.js";
import { HoldfastError, toError } from "../../errors.js";
import { releaseAll } from "../../transport/lease.js";

/** Until when work is waited for, and what to call it. */
export interface Until {
  readonly clock: Clock;
  /** Monotonic ms. */
  readonly deadline: number;
  /** The caller's. */
  readonly signal: AbortSignal | undefined;
  readonly what: string;
}

/**
 * Work of somebody else's that may ignore its signal, or never end: who waits for it has an outcome by the deadline all the same.
 * Its signal fires when nobody waits any more.
 */
export function withinDeadline<T>(work: (signal: AbortSignal) => T | PromiseLike<T>, until: Until): Promise<T> {
  const { clock, deadline, signal, what } = until;
  return new Promise((resolve, reject) => {
    const control = new AbortController();
    let over = false;
    const end = (): boolean => {
      if (over) return false;
      over = true;
      timer?.cancel();
      forget?.();
      return true;
    };
    const giveUp = (code: "Timeout" | "Cancelled", why: string, cause?: unknown) => {
      const error = new HoldfastError(code, `${what}: ${why} (it may have run)`, {
        details: { started: true },
        ...(cause === undefined ? {} : { cause }),
      });
      if (!end()) return;
      reject(error);
      control.abort(error);
    };
    const timer =
      deadline === Number.POSITIVE_INFINITY
        ? undefined
        : clock.after(deadline - clock.now(), () => giveUp("Timeout", "no answer came in time"));
    const forget = signal && onAbort(signal, () => giveUp("Cancelled", "the caller's signal fired", signal.reason));
    const failed = (thrown: unknown) => {
      if (end()) reject(toError(thrown));
    };
    try {
      Promise.resolve(work(control.signal)).then((value) => {
        if (end()) resolve(value);
        else releaseAll(value);
      }, failed);
    } catch (thrown) {
      failed(thrown);
    }
  });
}
