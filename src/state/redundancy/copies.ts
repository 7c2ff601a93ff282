import { HoldfastError } from "../../errors.js";
import {
  COPY_HEADER_BYTES,
  FRAME_BYTES,
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  isProved,
  type ObjectBirth,
  readFrameHead,
} from "./copy-format.js";
import { CopyWindow } from "./copy-window.js";
import type { Member } from "./member.js";

/** A place between two frames. */
export interface Mark {
  /** Bytes of the file before it. */
  readonly logical: number;
  /** Bytes of each copy before it. */
  readonly physical: number;
  readonly chain: number;
}

export interface Frame {
  readonly at: Mark;
  readonly next: Mark;
  /** Header and payload, as they lie on the disk. */
  readonly bytes: Uint8Array;
}

/** Marks are this far apart, so that a read in the middle does not begin at the start. */
const MARK_EVERY = 256 * 1024;

/** All copies of one growing file as one: a frame that one of them has lost is taken from another. */
export class Copies {
  readonly birth: ObjectBirth;
  readonly #path: string;
  readonly #windows: readonly CopyWindow[];
  readonly #believed: (member: Member) => boolean;
  readonly #marks: Mark[];
  #end: Mark;
  /** One scan at a time: a slower one must not move the end back. */
  #scanning: Promise<unknown> = Promise.resolve();

  /**
   * @param members those whose copy is of this object
   * @param believed of a disk that was left out since, what it has is no longer read
   */
  constructor(
    path: string,
    birth: ObjectBirth,
    chain: number,
    members: readonly Member[],
    believed: (member: Member) => boolean = () => true,
  ) {
    this.#path = path;
    this.#believed = believed;
    this.birth = birth;
    this.#windows = members.map((member) => new CopyWindow(member, path));
    this.#end = { logical: 0, physical: COPY_HEADER_BYTES, chain };
    this.#marks = [this.#end];
  }

  /** Where the last proved frame ends. */
  get end(): Mark {
    return this.#end;
  }

  /** The frames from a mark on, up to the last that any copy can prove. */
  async *frames(from: Mark): AsyncGenerator<Frame> {
    for (let at = from; ; ) {
      const frame = await this.#frame(at);
      if (!frame) return;
      yield frame;
      at = frame.next;
    }
  }

  /**
   * Goes on to the end as it is now.
   * @throws HoldfastError StoreDamaged where what follows the last proved frame was promised
   */
  scan(): Promise<Mark> {
    const done = this.#scanning.then(() => this.#scan());
    this.#scanning = done.catch(() => {});
    return done;
  }

  async #scan(): Promise<Mark> {
    for (;;) {
      this.#forget();
      for await (const { next } of this.frames(this.#end)) {
        this.#end = next;
        if (next.logical - this.#marks.at(-1)!.logical >= MARK_EVERY) this.#marks.push(next);
      }
      const end = this.#end;
      if (!(await this.#isMorePromised())) return end;
      // It may have been written since: damaged is only what still cannot be read.
      this.#forget();
      if (!(await this.#frame(end))) throw damaged(this.#path, end.logical);
    }
  }

  #forget(): void {
    for (const window of this.#windows) window.forget();
  }

  /** The copies were cut there. */
  cut(at: Mark): void {
    this.#forget();
    this.#end = at;
    while (this.#marks.at(-1)!.logical > at.logical) this.#marks.pop();
  }

  /** The mark at or before a byte of the file. */
  before(logical: number): Mark {
    return this.#marks.findLast((mark) => mark.logical <= logical)!;
  }

  /** Bytes of the file; fewer where it ends before. */
  async read(from: number, length: number): Promise<Uint8Array> {
    const to = Math.min(from + length, this.#end.logical);
    const result = new Uint8Array(Math.max(0, to - from));
    if (result.length === 0) return result;
    let reached = 0;
    for await (const { at, next, bytes } of this.frames(this.before(from))) {
      reached = next.logical;
      if (reached > from) {
        const begin = Math.max(from, at.logical);
        const payload = bytes.subarray(FRAME_HEADER_BYTES);
        result.set(payload.subarray(begin - at.logical, Math.min(to, reached) - at.logical), begin - from);
      }
      if (reached >= to) return result;
    }
    throw damaged(this.#path, reached);
  }

  async #frame(at: Mark): Promise<Frame | undefined> {
    for (const window of this.#windows) {
      if (!this.#believed(window.member)) continue;
      const header = await window.bytes(at.physical, FRAME_HEADER_BYTES);
      const head = header && readFrameHead(header);
      if (!header || head?.before !== at.chain) continue;
      const bytes = await window.bytes(at.physical, FRAME_HEADER_BYTES + head.length);
      if (!bytes || !isProved(head, bytes, bytes.subarray(FRAME_HEADER_BYTES))) continue;
      const next = {
        logical: at.logical + head.length,
        physical: at.physical + bytes.length,
        chain: head.check,
      };
      return { at, next, bytes };
    }
    return undefined;
  }

  /**
   * What lies behind the end was being written when the power went, and goes; unless a frame in it says that more than the
   * end was durable by then: if so, the end is not the end, or damaged on every copy.
   */
  async #isMorePromised(): Promise<boolean> {
    const step = FRAME_BYTES;
    for (const window of this.#windows) {
      if (!this.#believed(window.member)) continue;
      for (let at = this.#end.physical; ; at += step) {
        const part = await window.upTo(at, step + FRAME_HEADER_BYTES);
        if (part.length === 0) break;
        const text = Buffer.from(part.buffer, part.byteOffset, part.length);
        for (let found = text.indexOf(FRAME_MAGIC); found !== -1; found = text.indexOf(FRAME_MAGIC, found + 1)) {
          const head = readFrameHead(text.subarray(found, found + FRAME_HEADER_BYTES));
          if (!head || head.synced <= this.#end.physical) continue;
          const whole = await window.bytes(at + found, FRAME_HEADER_BYTES + head.length);
          if (whole && isProved(head, whole, whole.subarray(FRAME_HEADER_BYTES))) {
            return true;
          }
        }
        if (part.length <= step) break;
      }
    }
    return false;
  }
}

function damaged(path: string, at: number): HoldfastError {
  return new HoldfastError(
    "StoreDamaged",
    `${path} is damaged at byte ${at} on every disk that has it, and what follows was durable: restore it from a backup`,
    { details: { path, at } },
  );
}
