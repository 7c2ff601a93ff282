import { type Frame, FrameReader, kind } from "./frame-codec.js";
import { GIVEN_UP } from "./frames.js";
import type { LinkEnds, LinkPort } from "./link.js";
import { comesAfter, RingReader } from "./ring.js";
import { BELL, type Held } from "./ring-sender.js";

/** Frames of one turn: what they set going, and everything else this thread does, comes in between. */
const A_TURN = 64;

/** As many as a full ring can hold: all that is there, though its writer may go on writing. */
export const A_RING_FULL = 16_384;

/**
 * The receiving half of a line over rings: what is in the ring in its order, with what stands by the port at its markers.
 */
export class RingReceiver<In extends Frame> {
  readonly #ring: RingReader;
  readonly #codec: FrameReader;
  readonly #port: LinkPort;
  readonly #open: (frame: In) => In;
  readonly #onFrame: (frame: In) => void;
  readonly #onAnswer: LinkEnds<never, In>["onAnswer"];
  readonly #onTurn: (() => void) | undefined;
  /** Whether what goes at once overtakes what is in the ring; else it comes after what was written before it. */
  readonly #overtakes: boolean;
  readonly #held: In[][] = [];
  /** Messages of the port, counted as the writer counts them: what is compared is the difference, which never wraps. */
  #received = 0;
  /** A marker is being read: what is in the ring behind it has to wait. */
  #atMarker = false;
  /** Calls that may have been given up before they were read here: each with the place in the ring that it stands before. */
  readonly #given = new Map<string, number>();

  constructor(memory: SharedArrayBuffer, overtakes: boolean, ends: Omit<LinkEnds<never, In>, "unsent">) {
    this.#ring = new RingReader(memory);
    this.#codec = new FrameReader(this.#ring.memory);
    this.#port = ends.port;
    this.#overtakes = overtakes;
    this.#open = ends.open;
    this.#onFrame = ends.onFrame;
    this.#onAnswer = ends.onAnswer;
    this.#onTurn = ends.onTurn;
  }

  heard(message: unknown): void {
    if (message === BELL) return;
    this.#received = (this.#received + 1) | 0;
    if (!Array.isArray(message)) {
      this.#held.push((message as Held).frames.map((frame) => this.#open(frame as In)));
      return;
    }
    if (!this.#overtakes && !this.#atMarker) this.drain(A_RING_FULL);
    for (const frame of message as In[]) {
      if (frame.t === "cancel" && !this.#ring.empty) this.#given.set(callKey(frame), this.#ring.written);
      this.#onFrame(this.#open(frame));
    }
  }

  /** Reads what there is. @returns how many frames; as many as `most` says that there may be more */
  drain(most = A_TURN): number {
    this.#onTurn?.();
    try {
      return this.#read(most);
    } finally {
      if (this.#ring.give()) this.#port.post(BELL);
    }
  }

  #read(most: number): number {
    let count = 0;
    while (count < most) {
      const at = this.#ring.next();
      if (at < 0) break;
      if (this.#overtakes && this.#ring.posted !== this.#received && this.#fetch()) continue;
      count++;
      const which = this.#codec.kind(at);
      const bytes = this.#codec.bytes(at);
      if (which === kind.marker) {
        this.#marked(this.#codec.count(at), bytes);
        continue;
      }
      if (this.#onAnswer && which === kind.done && this.#codec.isAnswer(at)) {
        this.#answered(at, bytes);
        continue;
      }
      const frame = this.#open(this.#codec.read(at) as In);
      this.#release(bytes);
      this.#deliver(frame);
    }
    if (this.#given.size > 0) this.#forget();
    return count;
  }

  #answered(at: number, bytes: number): void {
    const codec = this.#codec;
    const actor = codec.actor(at);
    const incarnation = codec.incarnation(at);
    const seq = codec.seq(at);
    const result = codec.result(at);
    // From here on the writer may use its place anew.
    this.#release(bytes);
    this.#onAnswer!(actor, incarnation, seq, result);
  }

  /** The writer has ended: what it had said until now. */
  last(): void {
    this.drain(A_RING_FULL);
    for (let late = this.#port.take(); late; late = this.#port.take()) this.heard(late.message);
    this.drain(A_RING_FULL);
  }

  /** @returns false when there is something after all */
  sleep(): boolean {
    return this.#ring.sleep();
  }

  /** The same; it will look in a few ms. */
  doze(): boolean {
    return this.#ring.doze();
  }

  /** Its thread stands still until something is there, or for that long. */
  wait(ms: number): void {
    this.#ring.wait(ms, this.#received);
  }

  awake(): void {
    this.#ring.awake();
  }

  #marked(count: number, bytes: number): void {
    this.#atMarker = true;
    while (comesAfter(count, this.#received) && this.#fetch());
    this.#atMarker = false;
    this.#release(bytes);
    for (const frame of this.#held.shift() ?? []) this.#deliver(frame);
  }

  /** Takes the port's next message out of turn. */
  #fetch(): boolean {
    const taken = this.#port.take();
    if (!taken) return false;
    this.heard(taken.message);
    return true;
  }

  /** Those whose place was read: they had begun when they were given up, and the cancel itself told of it. */
  #forget(): void {
    for (const [call, at] of this.#given) {
      if (!this.#ring.isPast(at)) break;
      this.#given.delete(call);
    }
  }

  #release(bytes: number): void {
    if (this.#ring.release(bytes) && this.#ring.give()) this.#port.post(BELL);
  }

  #deliver(frame: In): void {
    if (this.#given.size > 0 && frame.t === "call" && this.#given.delete(callKey(frame))) {
      // It is answered and not begun.
      this.#onFrame({ ...frame, expires: GIVEN_UP });
    } else this.#onFrame(frame);
  }
}

function callKey({ actor, incarnation, seq }: { actor: number; incarnation: number; seq: number }): string {
  return `${actor}/${incarnation}/${seq}`;
}
