import { type Frame, FrameWriter } from "./frame-codec.js";
import { GIVEN_UP } from "./frames.js";
import type { LinkPort } from "./link.js";
import { RingWriter } from "./ring.js";

/** How a frame travels. */
const ways: Record<Frame["t"], "ring" | "once" | "room"> = {
  // In its turn, as long as there is room: what was sent before it is taken up. By the port where the ring is full.
  stop: "room",
  // By the port, at once: they must not wait behind a full ring of requests.
  boot: "once",
  start: "once",
  cancel: "once",
  hang: "once",
  fence: "once",
  shut: "once",
  hello: "once",
  fault: "once",
  call: "ring",
  events: "ring",
  replayed: "ring",
  more: "ring",
  answer: "ring",
  booted: "ring",
  "boot-failed": "ring",
  started: "ring",
  follow: "ring",
  followed: "ring",
  ignored: "ring",
  "start-failed": "ring",
  part: "ring",
  done: "ring",
  crashed: "ring",
  settled: "ring",
  leaving: "ring",
  stopped: "ring",
  "late-error": "ring",
  log: "ring",
  ask: "ring",
  spawn: "ring",
  watch: "ring",
  "drop-ask": "ring",
  span: "ring",
};

/** A message of the port that stands where its marker is in the ring. */
export interface Held {
  readonly frames: readonly Frame[];
}

/** The bell: it says nothing but that there is something to look at. */
export const BELL = 0;

/**
 * The sending half of a line over rings.
 *
 *   fits the ring ──────────────▶ ring
 *   does not (size, kind) ──────▶ port, and in the ring a marker `take` at its place
 *   no room in the ring ────────▶ waits here; goes on when the reader has made room
 *   stop ───────────────────────▶ ring; as below where that is full, or nobody would be stopped who is flooded
 *   start, cancel, fence … ─────▶ port, at the end of the turn or before the next frame in the ring
 *   what follows a start ───────▶ port, in the same message, when nothing else is on its way
 *   from within another ────────▶ in its turn, after that one (a getter of what is written, or cloned, sends something)
 */
export class RingSender<Out extends Frame> {
  readonly #ring: RingWriter;
  readonly #codec: FrameWriter;
  readonly #port: LinkPort;
  readonly #unsent: (frame: Out, error: unknown) => void;
  #waiting: Out[] = [];
  #once: Out[] = [];
  #posted = 0;
  /** A frame is on its way out: what is sent meanwhile comes after it. */
  #busy = false;
  readonly #nested: Out[] = [];
  /** Something was written since the reader was last told. */
  #untold = false;

  constructor(memory: SharedArrayBuffer, port: LinkPort, unsent: (frame: Out, error: unknown) => void) {
    this.#ring = new RingWriter(memory);
    this.#codec = new FrameWriter(this.#ring.memory);
    this.#port = port;
    this.#unsent = unsent;
  }

  push(frame: Out): void {
    if (this.#busy) {
      this.#nested.push(frame);
      return;
    }
    this.#busy = true;
    try {
      this.#push(frame);
    } finally {
      this.#done();
    }
  }

  /**
   * The short way of a `done` frame: its result was not packed, and no frame is made where the ring can carry it.
   * @returns false where it has to be packed and sent
   */
  answer(actor: number, incarnation: number, seq: number, result: unknown): boolean {
    if (this.#busy || this.#waiting.length > 0) return false;
    const at = this.#ring.room();
    if (at < 0) return false;
    this.#busy = true;
    try {
      this.#postOnce();
      const bytes = this.#codec.answer(actor, incarnation, seq, result, at);
      if (bytes > 0) this.#commit(bytes);
      return bytes > 0;
    } finally {
      this.#done();
    }
  }

  /** What was sent from within. */
  #done(): void {
    if (this.#nested.length === 0) {
      this.#busy = false;
      return;
    }
    try {
      for (let frame = this.#nested.shift(); frame; frame = this.#nested.shift()) this.#push(frame);
    } finally {
      this.#busy = false;
    }
  }

  #push(frame: Out): void {
    // Mail right behind a start: one message for both, or the start wakes a host that finds nothing to do yet.
    if (this.#once[0]?.t === "start" && this.#waiting.length === 0 && this.#ring.drained) {
      this.#once.push(frame);
      return;
    }
    const way = ways[frame.t];
    if (way !== "once" && this.#waiting.length === 0 && this.#put(frame)) return;
    if (frame.t === "cancel" && this.#cancelled(frame)) return;
    if (way === "ring") this.#waiting.push(frame);
    else {
      // Its arrays may lie in memory that one of those brings along: they must not be overtaken on the port.
      if (frame.t === "start" && this.#waiting.length > 0) this.#spill();
      this.#once.push(frame);
    }
  }

  /**
   * Of a call that has not left yet: it goes on as one that was given up, to be answered and not begun. By the port the
   * cancel would overtake it, and nobody would know there what it means.
   */
  #cancelled({ actor, incarnation, seq }: Extract<Frame, { t: "cancel" }>): boolean {
    const at = this.#waiting.findIndex(
      (one) => one.t === "call" && one.seq === seq && one.actor === actor && one.incarnation === incarnation,
    );
    if (at < 0) return false;
    this.#waiting[at] = { ...this.#waiting[at]!, expires: GIVEN_UP };
    return true;
  }

  /** Puts in what waited, as far as there is room now. */
  #resume(): void {
    if (this.#waiting.length === 0) return;
    do {
      let done = 0;
      while (done < this.#waiting.length && this.#put(this.#waiting[done]!)) done++;
      this.#waiting.splice(0, done);
    } while (this.#waiting.length > 0 && !this.#ring.want());
  }

  /** Posts what goes at once; wakes the reader if it rests. @param patient not one that looks in a few ms */
  tell(patient = false): void {
    if (this.#busy) return;
    this.#busy = true;
    try {
      this.#resume();
      this.#postOnce();
    } finally {
      this.#done();
      this.wake(patient);
    }
  }

  wake(patient = false): void {
    if (!this.#untold) return;
    const how = this.#ring.wake(patient);
    this.#untold = how === "later";
    if (how === "ring") this.#port.post(BELL);
  }

  /** What still waits for room goes by the port: this thread is about to be busy for long, or to die. */
  spill(): void {
    if (this.#busy || this.#waiting.length === 0) return;
    this.#busy = true;
    try {
      this.#spill();
    } finally {
      this.#done();
    }
  }

  #spill(): void {
    if (this.#waiting.length === 0 || this.#ring.roomForMarker() < 0) return;
    const frames = this.#waiting;
    this.#waiting = [];
    if (this.#hold(frames) || frames.length === 1) return;
    for (const frame of frames) {
      if (this.#ring.roomForMarker() < 0) this.#waiting.push(frame);
      else this.#hold([frame]);
    }
  }

  /** false: there is no room. */
  #put(frame: Out): boolean {
    const at = this.#ring.room();
    if (at < 0) return false;
    // What is in the ring never overtakes what was posted before it: its reader looks at `posted` first.
    this.#postOnce();
    const bytes = this.#codec.write(frame, at);
    if (bytes > 0) this.#commit(bytes);
    else this.#hold([frame]);
    return true;
  }

  /** There is room for a marker. */
  #hold(frames: readonly Out[]): boolean {
    if (!this.#post({ frames }, frames)) return false;
    this.#commit(this.#codec.marker(this.#posted, this.#ring.roomForMarker()));
    return true;
  }

  #commit(bytes: number): void {
    this.#ring.commit(bytes);
    this.#untold = true;
  }

  #postOnce(): void {
    if (this.#once.length === 0) return;
    const frames = this.#once;
    this.#once = [];
    if (!this.#post(frames, frames) && frames.length > 1) for (const frame of frames) this.#post([frame], [frame]);
  }

  /** Cloning fails before anything is sent: of several, each can be tried alone. */
  #post(message: unknown, frames: readonly Out[]): boolean {
    try {
      this.#port.post(message);
    } catch (error) {
      if (frames.length === 1) this.#unsent(frames[0]!, error);
      return false;
    }
    this.#posted = this.#ring.posted();
    this.#ring.rouse();
    return true;
  }
}
