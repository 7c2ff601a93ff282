/*
 * The flight recorder: what happened last in one cell, in the same memory as its control block. A ring of events, each
 * as wide as half a cache line, and a smaller ring of the texts of notes:
 *
 *   event    + 0    int32    number        counts the events of this host, from 0, wrapping
 *            + 4    int32    kind | before << 8 | method << 16
 *                            before: so many right before it went the same way and have no event of their own, up to 255
 *                            method: its place among the class's, from 1; 0 for none
 *            + 8    float64  at            monotonic ms; 0: no clock was at hand, as of the event after it
 *            + 16   int32    actor
 *            + 20   int32    incarnation
 *            + 24   int32    seq           of a note: its number
 *            + 28   int32    ~number, written last: in zeroed memory the two never agree
 *
 *   text     + 0    int32    number        counts the notes, from 1
 *            + 4    int32    length        in UTF-16 units
 *            + 8    uint16 * NOTE_LENGTH
 *            + 248  int32    number again, written last
 *
 * A host may be struck between any two stores. Event n goes to place n mod EVENTS; one whose two numbers do not agree, or do not
 * belong to its place, was torn and is not believed. There is no word that says which is the newest: it would be one
 * more store, and the numbers tell.
 */

/** Events kept: some 80 messages of three events each, what a slow death looks back on; 8 kB. A power of two. */
export const EVENTS = 256;
export const EVENT_BYTES = 32;

/** Notes that keep their text: an event of each sixteenth; 8 kB. A power of two. */
export const NOTES = 32;
export const NOTE_BYTES = 256;
/** Where a note is cut, in UTF-16 units. */
export const NOTE_LENGTH = 120;

export const RING_BYTES = EVENTS * EVENT_BYTES + NOTES * NOTE_BYTES;

/** Numbers of the kinds in the ring: 0 is an empty place. `taken`: accepted and started at once, as most are; `ran`: and settled, well. */
export const KIND = {
  accepted: 1,
  started: 2,
  taken: 3,
  ok: 4,
  failed: 5,
  streamed: 6,
  actorStarted: 7,
  actorStopped: 8,
  actorCrashed: 9,
  timer: 10,
  note: 11,
  ran: 12,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

/** For the bench that weighs it: what everything costs without. */
const off = process.env.HOLDFAST_RECORDER === "off";

/** What each message needs of the above, as this module's alone: a constant that is exported is looked up anew each time. */
const PLACES = EVENTS - 1;
const EVENT_WORDS = EVENT_BYTES / 4;
const { ran: RAN, ok: OK } = KIND;

const MOST_BEFORE = 255;

/** What has happened and stands in no event yet. Only where writer and reader are the same thread. */
export interface Unwritten {
  /** Writes it, as events of the same ring. */
  write(): void;
}

/** Writes into the ring: a few stores, no allocation, no clock. */
export class FlightRing {
  readonly #ints: Int32Array;
  readonly #floats: Float64Array;
  readonly #shorts: Uint16Array;
  readonly #shared: boolean;
  readonly #firstWord: number;
  /** First byte of the events, and of the texts. */
  readonly events: number;
  readonly texts: number;
  /** Events and notes written so far. */
  written = 0;
  notes = 0;
  /** It is written before anything else is, and before anybody reads. */
  unwritten: Unwritten | undefined = undefined;

  /** @param offset where the ring begins in the buffer, a multiple of 8 */
  constructor(buffer: ArrayBufferLike, offset: number) {
    this.#ints = new Int32Array(buffer);
    this.#floats = new Float64Array(buffer);
    this.#shorts = new Uint16Array(buffer);
    this.#shared = buffer instanceof SharedArrayBuffer;
    this.events = offset;
    this.#firstWord = offset / 4;
    this.texts = offset + EVENTS * EVENT_BYTES;
  }

  /** All that has happened stands in the ring. */
  settle(): void {
    const { unwritten } = this;
    if (unwritten === undefined) return;
    this.unwritten = undefined;
    unwritten.write();
  }

  /**
   * @param before so many with the numbers right before `seq` went the same way, and have no event of their own
   * @returns its number, for `ended`
   */
  event(kind: Kind, method: number, at: number, actor: number, incarnation: number, seq: number, before = 0): number {
    if (this.unwritten !== undefined) this.settle();
    if (off) return 0;
    const number = this.written;
    this.written = (number + 1) | 0;
    const ints = this.#ints;
    const word = this.#firstWord + (number & PLACES) * EVENT_WORDS;
    ints[word] = number;
    ints[word + 1] = kind | ((before > MOST_BEFORE ? MOST_BEFORE : before) << 8) | (method << 16);
    this.#floats[(word >> 1) + 1] = at;
    ints[word + 4] = actor;
    ints[word + 5] = incarnation;
    ints[word + 6] = seq;
    // A reader in another thread must not see the number before the rest; in one thread nobody looks in between.
    if (this.#shared) Atomics.store(ints, word + 7, ~number);
    else ints[word + 7] = ~number;
    return number;
  }

  /**
   * A message has ended well: where its `taken` is the newest event, that becomes `ran` by one store, and a reader finds
   * the one or the other. Else it is an event of its own.
   * @param taken the number of that event
   */
  ended(taken: number, method: number, actor: number, incarnation: number, seq: number): void {
    if (this.written === ((taken + 1) | 0))
      this.#ints[this.#firstWord + (taken & PLACES) * EVENT_WORDS + 1] = RAN | (method << 16);
    else this.event(OK, method, 0, actor, incarnation, seq);
  }

  note(at: number, actor: number, incarnation: number, text: string): void {
    if (off) return;
    const number = ++this.notes;
    const word = (this.texts >> 2) + (number & (NOTES - 1)) * (NOTE_BYTES >> 2);
    const length = cutAt(text);
    this.#ints[word] = number;
    this.#ints[word + 1] = length;
    for (let i = 0; i < length; i++) this.#shorts[word * 2 + 4 + i] = text.charCodeAt(i);
    Atomics.store(this.#ints, word + 62, number);
    this.event(KIND.note, 0, at, actor, incarnation, number);
  }
}

/** A character of two units is not cut in half. */
function cutAt(text: string): number {
  if (text.length <= NOTE_LENGTH) return text.length;
  const last = text.charCodeAt(NOTE_LENGTH - 1);
  return last >= 0xd800 && last < 0xdc00 ? NOTE_LENGTH - 1 : NOTE_LENGTH;
}
