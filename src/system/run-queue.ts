import type { Clock } from "../clock.js";
import { DRAIN_MESSAGES, DRAIN_MS } from "../defaults.js";

/** Something with work for this thread. */
export interface Runnable {
  /** The queue's own: who comes after it. */
  nextReady: Runnable | undefined;
  /**
   * Runs up to `most` messages, and adds itself again where more wait.
   * @param now monotonic ms, not older than a slice
   * @returns how many it ran
   */
  run(most: number, now: number): number;
}

/**
 * Messages between two looks at the clock, and of one actor before the next has its turn, while they are quick. A look
 * costs a third of an empty message; and this many of them may prove long before that is seen.
 */
const LONGEST_SLICE = 8;

/** After a slice that took longer the clock is read after each message, until they are quick again. */
const SLICE_MS = 1;

/** queueMicrotask() makes an async resource for each call: that alone costs more than a message. */
const soon = Promise.resolve();

/**
 * The actors of this thread that have mail, in turn. One microtask for a whole drain, not one for each message; and a
 * budget, in messages and in time, after which the event loop has its turn: a flood starves no timer and no socket.
 *
 *   add ─▶ microtask ─▶ a slice of each in turn ─▶ … ─▶ nobody has mail: done
 *                                  └─ budget spent ─▶ setImmediate ─▶ go on
 *
 * What a message takes is known when it has run. So slices are learned: one message at first, twice as many after each
 * slice that was quick, one again after one that was not, and after a pause.
 */
export class RunQueue {
  readonly #clock: Clock;
  #first: Runnable | undefined;
  #last: Runnable | undefined;
  #scheduled = false;
  #slice = 1;
  /** When the clock was read last. */
  #read = Number.NEGATIVE_INFINITY;
  /** What is left of the budget since the event loop had its last turn from here. */
  #messagesLeft = DRAIN_MESSAGES;
  #msLeft = DRAIN_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nobody is in it, and who comes now runs before this turn of the event loop is over. */
  get idle(): boolean {
    return !this.#scheduled && this.#messagesLeft > 0 && this.#msLeft > 0;
  }

  /** Not one that is in it already. */
  add(runnable: Runnable): void {
    if (this.#last) this.#last.nextReady = runnable;
    else this.#first = runnable;
    this.#last = runnable;
    if (this.#scheduled) return;
    this.#scheduled = true;
    void soon.then(this.#drain);
  }

  readonly #drain = (): void => {
    let now = this.#clock.now();
    // Actors that answer each other keep the event loop waiting in drains of one message each: what one takes is seen here.
    const paused = now - this.#read > SLICE_MS;
    if (paused) this.#slice = 1;
    this.#read = now;
    /** Messages since the clock was read. */
    let unread = 0;
    for (let runnable = this.#first; runnable; runnable = this.#first) {
      if (unread >= this.#slice) {
        now = this.#look();
        unread = 0;
      }
      if (this.#messagesLeft <= 0 || this.#msLeft <= 0) {
        setImmediate(this.#goOn);
        return;
      }
      this.#first = runnable.nextReady;
      if (this.#first === undefined) this.#last = undefined;
      runnable.nextReady = undefined;
      const ran = this.#run(runnable, this.#slice - unread, now);
      this.#messagesLeft -= ran;
      unread += ran;
    }
    if (paused) this.#look();
    this.#scheduled = false;
  };

  readonly #goOn = (): void => {
    this.#messagesLeft = DRAIN_MESSAGES;
    this.#msLeft = DRAIN_MS;
    this.#drain();
  };

  /** What fails here is no handler's throw, which the runner catches: it must not keep the others from running. */
  #run(runnable: Runnable, most: number, now: number): number {
    try {
      return runnable.run(most, now);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
      return 1;
    }
  }

  /** Reads the clock after a slice. */
  #look(): number {
    const now = this.#clock.now();
    const ms = now - this.#read;
    this.#read = now;
    this.#msLeft -= ms;
    if (ms > SLICE_MS) this.#slice = 1;
    else if (this.#slice < LONGEST_SLICE) this.#slice *= 2;
    return now;
  }
}
