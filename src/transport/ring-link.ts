import { Looking } from "./bell.js";
import type { Frame } from "./frame-codec.js";
import type { Link, LinkEnds } from "./link.js";
import { A_RING_FULL, RingReceiver } from "./ring-receiver.js";
import { RingSender } from "./ring-sender.js";

export interface Rings {
  readonly toHost: SharedArrayBuffer;
  readonly toParent: SharedArrayBuffer;
}

/** The event loop that this end lives in. */
export interface Loop {
  /** Cores that its process may use. */
  readonly cores: number;
  /** Calls back in the loop's next turn. */
  later(turn: () => void): void;
}

/**
 * One end of a line over a pair of rings, with the port as its bell and for what the rings cannot take.
 *
 *   send ─▶ ring ─▶ (end of the turn) does the other side sleep? ─▶ bell ─▶ its event loop ─▶ drain
 *                └▶ it looks by itself, once a turn, as long as that pays (bell.ts)
 */
export class RingLink<Out extends Frame, In extends Frame> implements Link<Out> {
  readonly #sender: RingSender<Out>;
  readonly #receiver: RingReceiver<In>;
  readonly #looking: Looking;
  /** The parent looks only while an answer is due; a host after each call, for the next. */
  readonly #parent: boolean;
  #due = 0;
  /** A turn is on its way. */
  #turning = false;
  /** The end of this turn tells the other side. */
  #telling = false;
  #closed = false;
  readonly #later: (turn: () => void) => void;
  readonly #turn = () => this.#look();
  readonly #tell = () => this.#endOfTurn();

  constructor(side: "parent" | "host", rings: Rings, { cores, later }: Loop, ends: LinkEnds<Out, In>) {
    this.#parent = side === "parent";
    const [out, into] = this.#parent ? [rings.toHost, rings.toParent] : [rings.toParent, rings.toHost];
    this.#looking = new Looking(cores);
    this.#later = later;
    this.#sender = new RingSender(out, ends.port, ends.unsent);
    const onFrame = (frame: In) => {
      if (this.#due > 0 && frame.t === "done") this.#due--;
      ends.onFrame(frame);
    };
    this.#receiver = new RingReceiver(into, !this.#parent, { port: ends.port, open: ends.open, onFrame });
    this.#receiver.sleep();
  }

  send(frame: Out): void {
    if (frame.t === "call") this.#due++;
    this.#sender.push(frame);
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(this.#tell);
    if (this.#looking.pays) this.#sender.wake();
  }

  flush(): void {
    this.#sender.tell();
    this.#sender.spill();
  }

  heard(message: unknown): void {
    if (this.#closed) return;
    try {
      this.#receiver.heard(message);
      this.#receiver.drain();
      this.#sender.tell();
    } finally {
      this.#look1();
    }
  }

  hear(): void {
    if (!this.#closed) this.#receiver.drain(A_RING_FULL);
  }

  last(): void {
    this.#receiver.last();
  }

  close(): void {
    this.#closed = true;
  }

  #endOfTurn(): void {
    this.#telling = false;
    if (this.#closed) return;
    this.#sender.tell();
    if (this.#parent) this.#look1();
  }

  /** Something was sent or came: looks for more from the next turn on, or sleeps. */
  #look1(): void {
    if (this.#closed) return;
    const more = this.#looking.begin() && (!this.#parent || this.#due > 0);
    if (this.#turning) return;
    if (more) this.#again();
    else this.#sleep();
  }

  #again(): void {
    this.#turning = true;
    this.#receiver.awake();
    this.#later(this.#turn);
  }

  #sleep(): void {
    if (!this.#receiver.sleep()) this.#again();
  }

  #look(): void {
    this.#turning = false;
    if (this.#closed) return;
    let found = 0;
    let threw = true;
    try {
      found = this.#receiver.drain();
      this.#sender.tell();
      threw = false;
    } finally {
      // What fails on this side is no reason to leave the rest unheard.
      if (threw) this.#again();
    }
    if (found > 0) {
      this.#looking.found();
      this.#look1();
    } else if (this.#looking.missed() && (!this.#parent || this.#due > 0)) this.#again();
    else this.#sleep();
  }
}
