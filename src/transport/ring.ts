/*
 * A ring of bytes in shared memory: one thread writes frames, one reads them, nobody locks.
 *
 *   byte    0  int32  written   all bytes ever put in (mod 2^32); a frame is there when this word says so, not before
 *   byte   64  int32  read      all bytes ever taken out
 *   byte  128  int32  rests     how the reader rests: who writes must wake it (below)
 *   byte  192  int32  wanting   the writer has frames that did not fit: who reads must say when there is room
 *   byte  256  int32  posted    messages the writer has sent by the port, which the reader may fetch out of turn
 *   byte  320  frames …         CAPACITY bytes, and LARGEST_FRAME more
 *
 * Each word has a cache line of its own: the two threads would else take it from each other with every frame.
 *
 * A frame begins on 8 bytes and lies in one piece: one that begins near the end runs over into the room behind it, and the
 * next begins at the start. A writer that dies in the middle of a frame has not stored `written`: nobody sees half a frame.
 */

/**
 * 128 kB: two thousand empty calls, or a hundred of 1 kB; half of a core's second-level cache is left for the work. Memory
 * that was never written to costs nothing: 256 idle hosts hold 73 MB of addresses and no pages.
 */
export const CAPACITY = 128 * 1024;

/** Larger ones go by the port: from about here its copy costs less than what it takes to wake the other side. */
export const LARGEST_FRAME = 16 * 1024;

/** A reader in the middle of its turn gives room back in pieces of this size, and at the turn's end what is left: each costs a store. */
const GIVEN_AT_ONCE = CAPACITY / 8;

/** Kept free for markers: they tell of what goes by the port because the ring is full. */
const RESERVE = 1024;

const WRITTEN = 0;
const READ = 16;
const RESTS = 32;
const WANTING = 48;
const POSTED = 64;
const HEADER_BYTES = 320;

/** How a reader rests. */
const rests = {
  /** It looks by itself. */
  awake: 0,
  /** Nothing but its bell wakes it. */
  asleep: 1,
  /** Asleep, and it will look in a few ms all the same. */
  dozing: 2,
  /** Its thread stands still in this very word. */
  waiting: 3,
} as const;

/** Bytes of shared memory that one ring takes. */
export const RING_BYTES = HEADER_BYTES + CAPACITY + LARGEST_FRAME;

/** A marker is one word of head and one of content: it never runs over the end. */
export const MARKER_BYTES = 8;

/** The frames' bytes, by several views. Offsets count from the first frame's place. */
export class RingMemory {
  readonly words: Int32Array;
  readonly bytes: Buffer;
  readonly ints: Int32Array;
  readonly view: DataView;

  constructor(memory: SharedArrayBuffer) {
    const length = CAPACITY + LARGEST_FRAME;
    this.words = new Int32Array(memory, 0, HEADER_BYTES / 4);
    this.bytes = Buffer.from(memory as unknown as ArrayBuffer, HEADER_BYTES, length);
    this.ints = new Int32Array(memory, HEADER_BYTES, length / 4);
    this.view = new DataView(memory, HEADER_BYTES, length);
  }
}

/** Where the frame after one at `at` begins, in bytes ever written. */
function after(at: number, bytes: number): number {
  const offset = at & (CAPACITY - 1);
  const aligned = (bytes + 7) & ~7;
  return (at + (offset + aligned >= CAPACITY ? CAPACITY - offset : aligned)) | 0;
}

/** Of two counts that wrap at 2^32 and are never far apart. */
export function comesAfter(count: number, than: number): boolean {
  return ((count - than) | 0) > 0;
}

/** The writing end. */
export class RingWriter {
  readonly memory: RingMemory;
  readonly #words: Int32Array;
  #written = 0;
  /** What the reader is known to have taken out; looked up again only when that leaves no room. */
  #read = 0;

  constructor(memory: SharedArrayBuffer) {
    this.memory = new RingMemory(memory);
    this.#words = this.memory.words;
  }

  /** The offset at which a frame of up to LARGEST_FRAME bytes may be written now; -1 when there is no room. */
  room(): number {
    return this.#fits(LARGEST_FRAME + RESERVE) ? this.#written & (CAPACITY - 1) : -1;
  }

  /** The same for a marker. */
  roomForMarker(): number {
    return this.#fits(MARKER_BYTES) ? this.#written & (CAPACITY - 1) : -1;
  }

  /** Makes what was written at the offset of `room()` visible, all of it at once. */
  commit(bytes: number): void {
    this.#written = after(this.#written, bytes);
    Atomics.store(this.#words, WRITTEN, this.#written);
  }

  /** One more message went by the port. @returns how many that are (mod 2^32, as an int32) */
  posted(): number {
    return (Atomics.add(this.#words, POSTED, 1) + 1) | 0;
  }

  /** Everything ever written was taken out. */
  get drained(): boolean {
    return Atomics.load(this.#words, READ) === this.#written;
  }

  /**
   * Sees to it that the reader looks, where that takes no bell.
   * @param patient one that looks in a few ms is left to do so
   * @returns "ring": its bell must be rung, and it says so only once; "later": it was left to look by itself
   */
  wake(patient: boolean): "ring" | "later" | "done" {
    const how = Atomics.load(this.#words, RESTS);
    if (how === rests.awake) return "done";
    if (patient && how === rests.dozing) return "later";
    const was = Atomics.exchange(this.#words, RESTS, rests.awake);
    if (was === rests.awake) return "done";
    if (was !== rests.waiting) return "ring";
    Atomics.notify(this.#words, RESTS, 1);
    return "done";
  }

  /** Asks the reader to say when it has made room; false when it has in the meantime. */
  want(): boolean {
    Atomics.store(this.#words, WANTING, 1);
    return !this.#fits(LARGEST_FRAME + RESERVE);
  }

  /** A reader that stands still hears no port: something came by it. */
  rouse(): void {
    if (Atomics.load(this.#words, RESTS) === rests.waiting) this.wake(false);
  }

  #fits(bytes: number): boolean {
    if (CAPACITY - ((this.#written - this.#read) | 0) >= bytes) return true;
    this.#read = Atomics.load(this.#words, READ);
    return CAPACITY - ((this.#written - this.#read) | 0) >= bytes;
  }
}

/** The reading end. */
export class RingReader {
  readonly memory: RingMemory;
  readonly #words: Int32Array;
  #read = 0;
  /** What the writer knows to have been read. */
  #given = 0;
  #written = 0;

  constructor(memory: SharedArrayBuffer) {
    this.memory = new RingMemory(memory);
    this.#words = this.memory.words;
  }

  /** The offset of the next frame, or -1 when there is none. */
  next(): number {
    if (this.#read === this.#written) {
      this.#written = Atomics.load(this.#words, WRITTEN);
      if (this.#read === this.#written) return -1;
    }
    return this.#read & (CAPACITY - 1);
  }

  /** The frame at the offset of `next()` was read. @returns whether so much room is free now that it should be given */
  release(bytes: number): boolean {
    this.#read = after(this.#read, bytes);
    return ((this.#read - this.#given) | 0) >= GIVEN_AT_ONCE;
  }

  /** What was read is the writer's again. @returns whether the writer waits for room */
  give(): boolean {
    if (this.#given === this.#read) return false;
    this.#given = this.#read;
    Atomics.store(this.#words, READ, this.#read);
    return Atomics.load(this.#words, WANTING) === 1 && Atomics.exchange(this.#words, WANTING, 0) === 1;
  }

  get empty(): boolean {
    return this.next() === -1;
  }

  /** All bytes ever put in (mod 2^32): the place behind what is there now. */
  get written(): number {
    return Atomics.load(this.#words, WRITTEN);
  }

  /** Whether everything before such a place was read. */
  isPast(written: number): boolean {
    return !comesAfter(written, this.#read);
  }

  /** Messages that the writer has sent by the port so far (mod 2^32, as an int32). */
  get posted(): number {
    return Atomics.load(this.#words, POSTED);
  }

  /** Says that it looks no more, then looks once more (the writer first writes, then looks whether it must wake). */
  sleep(): boolean {
    return this.#rest(rests.asleep);
  }

  /** The same for one that looks again in a few ms. */
  doze(): boolean {
    return this.#rest(rests.dozing);
  }

  /**
   * Stands still until something is there, or for that long. Not for a thread on which others depend.
   * @param received how many of the writer's messages have come by the port: it does not while more are on their way
   */
  wait(ms: number, received: number): void {
    if (!this.#rest(rests.waiting)) return;
    if (this.posted === received) Atomics.wait(this.#words, RESTS, rests.waiting, ms);
    this.awake();
  }

  #rest(how: number): boolean {
    Atomics.store(this.#words, RESTS, how);
    if (this.empty) return true;
    Atomics.store(this.#words, RESTS, rests.awake);
    return false;
  }

  /** It looks by itself: no bell is needed. */
  awake(): void {
    if (Atomics.load(this.#words, RESTS) !== rests.awake) Atomics.store(this.#words, RESTS, rests.awake);
  }
}
