import type { Clock, Timer } from "../clock.js";
import { SLAB_IDLE } from "../defaults.js";
import { milliseconds } from "../duration.js";

/*
 * A file in memory through which large arrays go from one process to another, whose ends both have it open:
 *
 *   bytes 0..7     the number of the array that was read last, written by the reader alone
 *   4096..         the arrays, each whole: one more is placed as low as it finds room
 *
 *   writer    put array 7 ─▶ pwrite ─▶ { array 7, at 4096 } in a frame ─▶ pread ─▶ "7 was read"    reader
 *             the room of 1..7 is free ◀────────────────── pread ────────────────────┘
 *
 * Arrays are read in the order they were put, because frames are. One whose frame was never sent is free with the next.
 */

const HEAD_BYTES = 4096;

/** An open file, read and written at positions. */
export interface SpoolFile {
  /** @returns false where there was no room for all of it */
  write(bytes: Uint8Array, at: number): boolean;
  /** @returns false where there was not as much */
  read(bytes: Uint8Array, at: number): boolean;
  /** Gives back all memory behind so many bytes. */
  cut(bytes: number): void;
}

/** Where an array lies. */
export interface Spooled {
  readonly number: number;
  readonly at: number;
}

interface Area {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** The end that puts arrays into the file. */
export class SpoolWriter {
  readonly #file: SpoolFile;
  readonly #end: number;
  readonly #clock: Clock;
  readonly #read = new Float64Array(1);
  readonly #readBytes = new Uint8Array(this.#read.buffer);
  /** Not read yet, in their order. */
  #areas: Area[] = [];
  #last = 0;
  #timer: Timer | undefined;
  /** Times that it had no room: those arrays went in their frames. */
  full = 0;

  /** @param bytes of arrays that may lie in it at once */
  constructor(file: SpoolFile, bytes: number, clock: Clock) {
    this.#file = file;
    this.#end = HEAD_BYTES + bytes;
    this.#clock = clock;
    file.write(this.#readBytes, 0);
  }

  /** Arrays that were put and not read yet. */
  get used(): number {
    this.#sweep();
    return this.#areas.length;
  }

  /** @returns undefined where there is no room */
  put(bytes: Uint8Array): Spooled | undefined {
    this.#sweep();
    const at = this.#room(bytes.byteLength);
    if (at === undefined || !this.#file.write(bytes, at)) {
      this.full++;
      return undefined;
    }
    const number = ++this.#last;
    this.#areas.push({ number, from: at, to: at + bytes.byteLength });
    this.#arm();
    return { number, at };
  }

  close(): void {
    this.#timer?.cancel();
  }

  /** The areas in use are one run, or two where it has gone back to the beginning: that it does as soon as it can. */
  #room(bytes: number): number | undefined {
    const oldest = this.#areas[0];
    const newest = this.#areas.at(-1);
    if (!oldest || !newest) return HEAD_BYTES + bytes <= this.#end ? HEAD_BYTES : undefined;
    if (newest.from < oldest.from) return newest.to + bytes <= oldest.from ? newest.to : undefined;
    if (HEAD_BYTES + bytes <= oldest.from) return HEAD_BYTES;
    return newest.to + bytes <= this.#end ? newest.to : undefined;
  }

  #sweep(): void {
    if (this.#areas.length === 0) return;
    this.#file.read(this.#readBytes, 0);
    const read = this.#read[0]!;
    let count = 0;
    while (count < this.#areas.length && this.#areas[count]!.number <= read) count++;
    if (count > 0) this.#areas.splice(0, count);
  }

  /** A burst must not hold its memory for ever. Runs only while there may be something to let go. */
  #arm(): void {
    if (this.#timer) return;
    const last = this.#last;
    const look = () => {
      this.#timer = undefined;
      this.#sweep();
      if (this.#areas.length === 0 && this.#last === last) this.#file.cut(HEAD_BYTES);
      else this.#arm();
    };
    this.#timer = this.#clock.after(milliseconds(SLAB_IDLE, "idle"), look, { background: true });
  }
}

/** The end that takes them out. */
export class SpoolReader {
  readonly #file: SpoolFile;
  readonly #read = new Float64Array(1);
  readonly #readBytes = new Uint8Array(this.#read.buffer);

  constructor(file: SpoolFile) {
    this.#file = file;
  }

  /** Fills `bytes`. @throws Error where the file does not hold them: then its writer has gone */
  take({ number, at }: Spooled, bytes: Uint8Array): void {
    const whole = this.#file.read(bytes, at);
    this.#read[0] = number;
    this.#file.write(this.#readBytes, 0);
    if (!whole) throw new Error(`array ${number} is not in the spool`);
  }
}
