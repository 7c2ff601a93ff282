/**
 * Frames of one turn travel in one message: the first frame of a turn schedules the flush for the turn's end. One
 * `postMessage` costs microseconds, a frame in it a fraction.
 */
export class Batch<Frame> {
  #frames: Frame[] = [];
  readonly #post: (frames: Frame[]) => void;

  constructor(post: (frames: Frame[]) => void) {
    this.#post = post;
  }

  push(frame: Frame): void {
    if (this.#frames.push(frame) === 1) queueMicrotask(() => this.flush());
  }

  /** Sends what is there now; a dying host cannot wait for the end of the turn. */
  flush(): void {
    if (this.#frames.length === 0) return;
    const frames = this.#frames;
    this.#frames = [];
    this.#post(frames);
  }
}
