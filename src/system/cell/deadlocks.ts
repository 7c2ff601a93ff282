import type { Clock } from "../../clock.js";
import { DEADLOCK_AFTER } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { type Asker, type WaitCycle, waitCycle } from "../../mailbox/asker.js";

/**
 * Finds actors that wait for each other in a circle, which none of them would ever leave before a deadline.
 *
 *   an ask that closes a circle ─▶ a while later each still works on the same message? ──yes──▶ Deadlock, with the chain
 *                                      └─ no: whoever asked did not wait for the answer
 */
export class Deadlocks {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param receiver its path, a key's included
   * @param fail ends the ask
   * @returns ends the watch; undefined where there is nothing to be watched
   */
  watch(asker: Asker, receiver: string, fail: (error: HoldfastError) => void): (() => void) | undefined {
    const cycle = waitCycle(asker, receiver);
    if (!cycle) return undefined;
    const look = () => {
      if (isSame(cycle, waitCycle(asker, receiver))) fail(deadlock(cycle));
    };
    const timer = this.#clock.after(milliseconds(DEADLOCK_AFTER, "deadlockAfter"), look, { background: true });
    return () => timer.cancel();
  }
}

function isSame({ handled }: WaitCycle, now: WaitCycle | undefined): boolean {
  return now?.handled.length === handled.length && now.handled.every((message, i) => message === handled[i]);
}

function deadlock({ chain }: WaitCycle): HoldfastError {
  const circle = [...chain, chain[0]];
  const fix = "answer before asking back, tell instead of ask, or give one of them a concurrency above 1";
  return new HoldfastError(
    "Deadlock",
    `${circle.join(" → ")}: each waits for the next, and works on one message at a time: ${fix}`,
    {
      details: { chain: circle },
    },
  );
}
