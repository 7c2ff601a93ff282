import { onAbort } from "../../../actor/on-abort.js";
import type { Timer } from "../../../clock.js";
import { isHoldfastError } from "../../../errors.js";
import { releaseAll } from "../../../transport/lease.js";
import { faultOf } from "../fault-of.js";

/** One of the asks of a race. */
export type Runner = (signal: AbortSignal) => Promise<unknown>;

export interface RaceOptions {
  /** The caller's. */
  readonly signal: AbortSignal | undefined;
  /** Makes the timer that calls back when the first is late. */
  readonly late: (callback: () => void) => Timer;
  /** The second ask, or undefined where there is to be none. */
  readonly second: () => Runner | undefined;
  /** It is decided. @param winner undefined: nobody had a value */
  readonly over: (winner: "first" | "second" | undefined) => void;
}

/**
 * Two asks for one answer:
 *
 *   first  ─▶ … late ─────────┬─ value ─▶ the caller        the other one is cancelled: queued, it leaves the queue;
 *              └─▶ second ─▶ ─┘                             executing, its handler sees this.signal
 *
 * An error ends it where nobody else is asked, or where it speaks of the call itself; else the other one is waited for.
 */
export function race(first: Runner, { signal, late, second, over }: RaceOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const controls: AbortController[] = [];
    const errors: unknown[] = [];
    let running = 0;
    let decided = false;
    const forget = signal && onAbort(signal, () => abortAll(signal.reason));

    const abortAll = (reason: unknown) => {
      for (const control of controls) control.abort(reason);
    };
    const decide = (winner: "first" | "second" | undefined, settle: () => void) => {
      decided = true;
      timer.cancel();
      forget?.();
      over(winner);
      settle();
    };
    const ask = (runner: Runner, who: "first" | "second") => {
      const control = new AbortController();
      controls.push(control);
      if (signal?.aborted) control.abort(signal.reason);
      running++;
      runner(control.signal).then(
        (value) => {
          running--;
          // Tensors in an answer that came too late are nobody's.
          if (decided) return releaseAll(value);
          decide(who, () => resolve(value));
          for (const other of controls) if (other !== control) other.abort(new Error("another answer was first"));
        },
        (error: unknown) => {
          running--;
          if (decided) return;
          errors.push(error);
          const final = who === "first" && faultOf(error) === "call";
          if (running > 0 && !final) return;
          decide(undefined, () => reject(final ? error : gravest(errors)));
          abortAll(error);
        },
      );
    };

    const timer = late(() => {
      if (decided || signal?.aborted) return;
      const runner = second();
      if (runner) ask(runner, "second");
    });
    ask(first, "first");
  });
}

/** Of all that failed, the one that says the most: it may have run, if it may have anywhere. */
function gravest(errors: readonly unknown[]): unknown {
  return errors.find((error) => isHoldfastError(error) && !error.retryable) ?? errors[0];
}
