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

/** Drains that follow each other as closely are most often of one turn of the event loop: one who asks, again and again. */
const CLOSE_MS = 0.02;

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
 * slice that was quick, one again after one that was not, and after a pause. A slice goes on from one drain to the next
 * while the event loop has had no turn in between.
 */
export class RunQueue {
  readonly #clock: Clock;
  #first: Runnable | undefined;
  #last: Runnable | undefined;
  #scheduled = false;
  #slice = 1;
  /** When the clock was read last. */
  #read = Number.NEGATIVE_INFINITY;
  /** Messages since then. */
  #unread = 0;
  /** The event loop has had no turn since this was set. */
  #sameTurn = false;
  /** The next drain has to know the time. */
  #exact = false;
  /** What is left of the budget since the event loop had its last turn from here. */
  #messagesLeft = DRAIN_MESSAGES;
  #msLeft = DRAIN_MS;

  readonly #start: () => void;

  /** @param apart runs a drain outside of what is active where it was scheduled. Default: it is as everything is */
  constructor(clock: Clock, apart?: (run: () => void) => void) {
    this.#clock = clock;
    this.#start = apart ? () => apart(this.#drain) : this.#drain;
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
    void soon.then(this.#start);
  }

  /** Something that is added has a deadline, or has waited for a while. */
  exact(): void {
    this.#exact = true;
  }

  readonly #drain = (): void => {
    const reads = this.#exact || !this.#sameTurn;
    const paused = reads && this.#begin();
    let now = this.#read;
    let unread = this.#unread;
    for (let runnable = this.#first; runnable; runnable = this.#first) {
      if (unread >= this.#slice) {
        now = this.#look();
        unread = 0;
      }
      if (this.#messagesLeft <= 0 || this.#msLeft <= 0) {
        this.#unread = unread;
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
    this.#unread = unread;
    if (paused) this.#look();
    this.#scheduled = false;
  };

  /** @returns whether there was a pause: what a message takes may have changed */
  #begin(): boolean {
    const now = this.#clock.now();
    const since = now - this.#read;
    // Actors that answer each other keep the event loop waiting in drains of one message each: what one takes is seen here.
    const paused = since > SLICE_MS;
    if (paused) this.#slice = 1;
    this.#read = now;
    this.#unread = 0;
    this.#exact = false;
    if (since < CLOSE_MS && !this.#sameTurn && this.#clock.flows) {
      this.#sameTurn = true;
      process.nextTick(this.#turned);
    }
    return paused;
  }

  /** The last microtask of a turn has run. */
  readonly #turned = (): void => {
    this.#sameTurn = false;
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
    this.#unread = 0;
    if (ms > SLICE_MS) this.#slice = 1;
    else if (this.#slice < LONGEST_SLICE) this.#slice *= 2;
    return now;
  }
}
