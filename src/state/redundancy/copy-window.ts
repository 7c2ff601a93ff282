import { isOfProcess, type Member, suffixes } from "./member.js";

/** Read at once. */
const WINDOW_BYTES = 256 * 1024;

const nothing = new Uint8Array();

/** One copy, read a window at a time; what cannot be read is as if it were not there. */
export class CopyWindow {
  readonly member: Member;
  readonly #path: string;
  #from = 0;
  #bytes: Uint8Array = nothing;
  /** How often. */
  #forgotten = 0;

  constructor(member: Member, path: string) {
    this.member = member;
    this.#path = path + suffixes.copy;
  }

  /** Exactly so many; undefined where there are fewer. */
  async bytes(from: number, length: number): Promise<Uint8Array | undefined> {
    const bytes = await this.upTo(from, length);
    return bytes.length === length ? bytes : undefined;
  }

  /** So many, or what there is. */
  async upTo(from: number, length: number): Promise<Uint8Array> {
    const there = this.#from <= from && from + length <= this.#from + this.#bytes.length;
    if (there) return this.#bytes.subarray(from - this.#from, from - this.#from + length);
    const asked = this.#forgotten;
    let bytes: Uint8Array = nothing;
    try {
      bytes = await this.member.disk.read(this.#path, from, Math.max(length, WINDOW_BYTES));
    } catch (error) {
      if (isOfProcess(error)) throw error;
    }
    // Another reader may have asked for what is there now, while this was still what was there then.
    if (asked === this.#forgotten) {
      this.#bytes = bytes;
      this.#from = from;
    }
    return bytes.subarray(0, length);
  }

  /** What was read may have changed. */
  forget(): void {
    this.#bytes = nothing;
    this.#forgotten++;
  }
}
