/**
 * Frames of one turn travel in one message: the first frame of a turn schedules the flush for the turn's end. One
 * `postMessage` costs microseconds, a frame in it a fraction.
 */
export class Batch<Frame> {
  #frames: Frame[] = [];
  readonly #post: (frames: Frame[]) => void;
  readonly #unsent: (frame: Frame, error: unknown) => void;

  /** @param unsent called for a frame that holds what cannot be cloned; the others of its turn are posted all the same */
  constructor(post: (frames: Frame[]) => void, unsent: (frame: Frame, error: unknown) => void) {
    this.#post = post;
    this.#unsent = unsent;
  }

  /** Nothing waits for the end of the turn. */
  get empty(): boolean {
    return this.#frames.length === 0;
  }

  push(frame: Frame): void {
    if (this.#frames.push(frame) === 1) queueMicrotask(() => this.flush());
  }

  /** Sends what is there now; a dying host cannot wait for the end of the turn. */
  flush(): void {
    if (this.#frames.length === 0) return;
    const frames = this.#frames;
    this.#frames = [];
    try {
      this.#post(frames);
    } catch {
      // Cloning fails before anything is sent, so each can be tried alone.
      for (const frame of frames) this.#alone(frame);
    }
  }

  #alone(frame: Frame): void {
    try {
      this.#post([frame]);
    } catch (error) {
      this.#unsent(frame, error);
    }
  }
}
