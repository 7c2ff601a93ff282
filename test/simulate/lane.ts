import type { Scheduler } from "./scheduler.js";

interface Parcel<Frame> {
  readonly frames: Frame[];
  readonly at: number;
}

/** One parcel in so many takes long: a busy core, a full pipe. */
const SLOW_ONE_IN = 25;

/** One direction between a host and its parent: parcels take a while, each its own, and never overtake each other. */
export class Lane<Frame> {
  /** The longest that any parcel takes, ms. */
  static readonly slowestMs = 25;
  readonly #scheduler: Scheduler;
  readonly #deliver: (frames: Frame[]) => void;
  readonly #under: Parcel<Frame>[] = [];
  #lastAt = 0;
  #closed = false;

  constructor(scheduler: Scheduler, deliver: (frames: Frame[]) => void) {
    this.#scheduler = scheduler;
    this.#deliver = deliver;
  }

  post(frames: Frame[]): void {
    if (this.#closed || frames.length === 0) return;
    const s = this.#scheduler;
    const takes = s.int(SLOW_ONE_IN) === 0 ? s.between(1, Lane.slowestMs) : s.between(0.02, 0.4);
    const at = Math.max(this.#lastAt, s.now() + takes);
    this.#lastAt = at;
    const parcel = { frames, at };
    this.#under.push(parcel);
    s.at(at, "frames", () => this.#arrive(parcel));
  }

  /** What is under way arrives now, from the first on, or as much of it as has come near enough. */
  hurry(): void {
    let count = this.#scheduler.int(this.#under.length + 1);
    for (let next = this.#under[0]; next && count > 0; next = this.#under[0], count--) this.#arrive(next);
  }

  /** The sender is gone: mostly everything still arrives, sometimes a tail of it is lost. @returns when the last arrives */
  cut(): number {
    const keep = this.#scheduler.int(3) === 0 ? this.#scheduler.int(this.#under.length + 1) : this.#under.length;
    this.#under.length = keep;
    return this.#under.at(-1)?.at ?? 0;
  }

  close(): void {
    this.#closed = true;
    this.#under.length = 0;
  }

  /** A lost or hurried parcel is no longer under way when its time comes. */
  #arrive(parcel: Parcel<Frame>): void {
    if (this.#under[0] !== parcel) return;
    this.#under.shift();
    this.#deliver(parcel.frames);
  }
}
