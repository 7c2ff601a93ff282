import { type Frame, FrameReader, kind } from "./frame-codec.js";
import type { LinkEnds, LinkPort } from "./link.js";
import { RingReader } from "./ring.js";
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
  /** Whether what goes at once overtakes what is in the ring; else it comes after what was written before it. */
  readonly #overtakes: boolean;
  readonly #held: In[][] = [];
  #received = 0;
  /** A marker is being read: what is in the ring behind it has to wait. */
  #atMarker = false;
  /** Calls that were given up before they were read here. */
  readonly #given = new Set<string>();

  constructor(memory: SharedArrayBuffer, overtakes: boolean, ends: Omit<LinkEnds<never, In>, "unsent">) {
    this.#ring = new RingReader(memory);
    this.#codec = new FrameReader(this.#ring.memory);
    this.#port = ends.port;
    this.#overtakes = overtakes;
    this.#open = ends.open;
    this.#onFrame = ends.onFrame;
  }

  heard(message: unknown): void {
    if (message === BELL) return;
    this.#received++;
    if (!Array.isArray(message)) {
      this.#held.push((message as Held).frames.map((frame) => this.#open(frame as In)));
      return;
    }
    if (!this.#overtakes && !this.#atMarker) this.drain(A_RING_FULL);
    for (const frame of message as In[]) {
      if (frame.t === "cancel" && !this.#ring.empty) this.#given.add(callKey(frame));
      this.#onFrame(this.#open(frame));
    }
  }

  /** Reads what there is. @returns how many frames; as many as `most` says that there may be more */
  drain(most = A_TURN): number {
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
      const frame = this.#open(this.#codec.read(at) as In);
      this.#release(bytes);
      this.#deliver(frame);
    }
    if (this.#given.size > 0 && this.#ring.empty) this.#given.clear();
    return count;
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

  awake(): void {
    this.#ring.awake();
  }

  #marked(count: number, bytes: number): void {
    this.#atMarker = true;
    while (this.#received < count && this.#fetch());
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

  #release(bytes: number): void {
    if (this.#ring.release(bytes)) this.#port.post(BELL);
  }

  #deliver(frame: In): void {
    if (this.#given.size > 0 && frame.t === "call" && this.#given.delete(callKey(frame))) {
      // Its caller has given up: as one whose deadline has passed it is answered and not begun.
      this.#onFrame({ ...frame, left: -1 });
    } else this.#onFrame(frame);
  }
}

function callKey({ actor, incarnation, seq }: { actor: number; incarnation: number; seq: number }): string {
  return `${actor}/${incarnation}/${seq}`;
}
