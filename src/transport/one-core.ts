/*
 * How the two ends of a line rest where both threads share one core. A bell costs the sender 3 us, the receiver a turn of
 * its event loop, and both three changes of threads: the sender holds a lock that the woken one wants.
 *
 *   host     nothing else to wait for ─▶ stands still, woken by a word in the ring ─▶ after 10 ms asleep, until its bell
 *   caller   waits for answers ─▶ dozes: asleep, and looks each 5 ms ─▶ two looks in vain: asleep
 *
 * A caller who dozes gets no bell for an answer with other calls behind it, as long as those are likely to be short: the
 * bell at the end of the host's turn tells of all answers in one, and the two threads change places once. Should one of
 * them prove long, the answer before it waits for the caller's look. Times shorter than a tick of the kernel's (4 ms) cost
 * more than what they save: each makes a timer of the processor's anew.
 */

/** How long a host stands still at most, in ms: what its event loop does not know of may be late by as much. */
export const STANDS_MS = 10;

/** How long a caller dozes until it looks, in ms. */
export const DOZES_MS = 5;

/** Looks in vain after which a caller sleeps: what it waits for is no short work. */
const MOST_LOOKS = 2;

/** The looks of a caller who dozes. */
export class Dozing {
  readonly #after: (ms: number, tick: () => void) => void;
  readonly #look: () => void;
  readonly #tick = () => {
    this.#ticks = false;
    this.#look();
  };
  #ticks = false;
  #left = 0;

  constructor(after: (ms: number, tick: () => void) => void, look: () => void) {
    this.#after = after;
    this.#look = look;
  }

  /** From here on it looks. */
  begin(): void {
    this.#left = MOST_LOOKS;
    this.#again();
  }

  /** A look found nothing. @returns whether it looks again */
  missed(): boolean {
    if (--this.#left <= 0) return false;
    this.#again();
    return true;
  }

  #again(): void {
    if (this.#ticks) return;
    this.#ticks = true;
    this.#after(DOZES_MS, this.#tick);
  }
}
