/*
 * One segment of a slab: slots of one size in shared memory, each with a count of the references to it that are with
 * somebody else. Its owner takes a slot anew only when the count is back at 0. A segment describes itself, so that
 * whoever gets the memory can count, too.
 *
 *   bytes 0..63        slot size, number of slots, 1 when its owner has let it go
 *   64 bytes a slot    its count, alone on its cache line
 *   the slots
 */

const LINE = 64;
const WORDS = LINE / 4;

/** A slot's place in memory. */
export class Piece {
  readonly segment: Segment;
  readonly index: number;
  readonly offset: number;

  constructor(segment: Segment, index: number) {
    this.segment = segment;
    this.index = index;
    this.offset = segment.offsetOf(index);
  }

  /** References that are with others. */
  get count(): number {
    return Atomics.load(this.segment.counts, this.segment.wordOf(this.index));
  }

  /** A reference more is with somebody else. */
  retain(): void {
    Atomics.add(this.segment.counts, this.segment.wordOf(this.index), 1);
  }

  /** One is back. */
  release(): void {
    Atomics.sub(this.segment.counts, this.segment.wordOf(this.index), 1);
  }

  /** Whoever had references is gone. */
  forget(): void {
    Atomics.store(this.segment.counts, this.segment.wordOf(this.index), 0);
  }
}

export class Segment {
  readonly memory: SharedArrayBuffer;
  readonly counts: Int32Array;
  readonly #head: Int32Array;
  readonly #slotBytes: number;
  readonly #base: number;
  /** Made once a slot, on its first use: a message makes none. */
  readonly #pieces: Piece[] = [];

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#head = new Int32Array(memory, 0, 3);
    const [slotBytes, slots] = this.#head as unknown as [number, number];
    this.#slotBytes = slotBytes;
    this.#base = LINE * (1 + slots);
    this.counts = new Int32Array(memory, LINE, WORDS * slots);
  }

  /** Its owner has let it go: whoever still knows it may do so, too. */
  get closed(): boolean {
    return Atomics.load(this.#head, 2) === 1;
  }

  close(): void {
    Atomics.store(this.#head, 2, 1);
  }

  piece(index: number): Piece {
    this.#pieces[index] ??= new Piece(this, index);
    return this.#pieces[index];
  }

  /** The slot in which a view begins. */
  at(offset: number): Piece {
    return this.piece(Math.floor((offset - this.#base) / this.#slotBytes));
  }

  offsetOf(index: number): number {
    return this.#base + index * this.#slotBytes;
  }

  wordOf(index: number): number {
    return index * WORDS;
  }
}

const known = new WeakMap<SharedArrayBuffer, Segment>();

/** Memory for a segment; zeroed, and not touched by the system before it is used. */
export function makeSegment(slots: number, slotBytes: number): Segment {
  const memory = new SharedArrayBuffer(LINE * (1 + slots) + slots * slotBytes);
  new Int32Array(memory, 0, 2).set([slotBytes, slots]);
  return segmentOf(memory);
}

/** The segment in a piece of shared memory that `makeSegment` made, here or in another thread. */
export function segmentOf(memory: SharedArrayBuffer): Segment {
  let segment = known.get(memory);
  if (!segment) {
    segment = new Segment(memory);
    known.set(memory, segment);
  }
  return segment;
}
