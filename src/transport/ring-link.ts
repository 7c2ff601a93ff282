import { Looking } from "./bell.js";
import type { Frame } from "./frame-codec.js";
import type { Link, LinkEnds } from "./link.js";
import { Dozing, STANDS_MS } from "./one-core.js";
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
  /** Calls back in so many ms; keeps no process alive. */
  after(ms: number, tick: () => void): void;
  /** Nothing that this thread waits for comes by its event loop, ports aside: it may stand still. Not for a program's own thread. */
  quiet?(): boolean;
}

/**
 * One end of a line over a pair of rings, with the port as its bell and for what the rings cannot take.
 *
 *   send ─▶ ring ─▶ (end of the turn) does the other side rest? ─▶ bell ─▶ its event loop ─▶ drain
 *                └▶ it looks by itself, once a turn, as long as that pays (bell.ts); on one core as one-core.ts says
 */
export class RingLink<Out extends Frame, In extends Frame> implements Link<Out> {
  readonly #sender: RingSender<Out>;
  readonly #receiver: RingReceiver<In>;
  readonly #looking: Looking;
  /** The parent looks only while an answer is due; a host after each call, for the next. */
  readonly #parent: boolean;
  /** On one core: whether a host may stand still now. */
  readonly #quiet: (() => boolean) | undefined;
  /** On one core: a parent's looks. */
  readonly #dozing: Dozing | undefined;
  /** Calls without an answer yet; a guess where an actor's end has taken some with it. */
  #due = 0;
  /** A turn is on its way. */
  #turning = false;
  /** The end of this turn tells the other side. */
  #telling = false;
  #closed = false;
  readonly #later: (turn: () => void) => void;
  readonly #turn = () => this.#look();
  readonly #tell = () => this.#endOfTurn();

  constructor(side: "parent" | "host", rings: Rings, { cores, later, after, quiet }: Loop, ends: LinkEnds<Out, In>) {
    this.#parent = side === "parent";
    const [out, into] = this.#parent ? [rings.toHost, rings.toParent] : [rings.toParent, rings.toHost];
    this.#looking = new Looking(cores);
    this.#quiet = cores === 1 && !this.#parent ? quiet : undefined;
    this.#dozing = cores === 1 && this.#parent ? new Dozing(after, () => this.#lookDozing()) : undefined;
    this.#later = later;
    this.#sender = new RingSender(out, ends.port, ends.unsent);
    const onFrame = (frame: In) => {
      this.#count(frame);
      ends.onFrame(frame);
    };
    const answered = ends.onAnswer;
    const onAnswer = (actor: number, incarnation: number, seq: number, result: unknown) => {
      if (this.#due > 0) this.#due--;
      answered!(actor, incarnation, seq, result);
    };
    const own = answered ? { ...ends, onFrame, onAnswer } : { ...ends, onFrame };
    this.#receiver = new RingReceiver(into, !this.#parent, own);
    this.#receiver.sleep();
  }

  send(frame: Out): void {
    this.#count(frame);
    this.#sender.push(frame);
    this.#sent();
  }

  answer(actor: number, incarnation: number, seq: number, result: unknown): boolean {
    if (!this.#sender.answer(actor, incarnation, seq, result)) return false;
    if (this.#due > 0) this.#due--;
    this.#sent();
    return true;
  }

  #sent(): void {
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(this.#tell);
    if (this.#looking.pays) this.#sender.wake();
  }

  flush(patient = false): void {
    this.#sender.tell(patient);
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

  #count({ t }: Frame): void {
    if (t === "call") this.#due++;
    else if (t === "done") {
      if (this.#due > 0) this.#due--;
    } else if (this.#quiet && (t === "crashed" || t === "fence")) this.#due = 0;
  }

  #endOfTurn(): void {
    this.#telling = false;
    if (this.#closed) return;
    this.#sender.tell();
    if (this.#parent || this.#quiet) this.#look1();
  }

  /** Something was sent or came: looks for more from the next turn on, or sleeps. */
  #look1(): void {
    if (this.#closed) return;
    const more = this.#quiet ? this.#due === 0 : this.#looking.begin() && (!this.#parent || this.#due > 0);
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
    const dozes = this.#dozing !== undefined && this.#due > 0;
    if (!(dozes ? this.#receiver.doze() : this.#receiver.sleep())) this.#again();
    else if (dozes) this.#dozing!.begin();
  }

  #look(): void {
    this.#turning = false;
    if (this.#closed) return;
    const found = this.#drain();
    if (found > 0) {
      this.#looking.found();
      this.#look1();
    } else if (!this.#quiet && this.#looking.missed() && (!this.#parent || this.#due > 0)) this.#again();
    else this.#sleep();
  }

  #drain(): number {
    let found = 0;
    let threw = true;
    try {
      found = this.#receiver.drain();
      if (found === 0 && this.#due === 0 && this.#quiet?.()) {
        this.#receiver.wait(STANDS_MS);
        found = this.#receiver.drain();
      }
      this.#sender.tell();
      threw = false;
    } finally {
      // What fails on this side is no reason to leave the rest unheard.
      if (threw) this.#again();
    }
    return found;
  }

  #lookDozing(): void {
    if (this.#closed || this.#turning) return;
    if (this.#drain() > 0) this.#look1();
    else if (this.#due === 0 || !this.#dozing!.missed()) this.#sleepDeeply();
  }

  #sleepDeeply(): void {
    if (!this.#receiver.sleep()) this.#again();
  }
}
