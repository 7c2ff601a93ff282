import { badFrame, type FrameLimits, frameLimits } from "./limits.js";
import { MsgpackText } from "./msgpack-text.js";

/**
 * Reads plain msgpack: nil, booleans, numbers, strings, bin, arrays, and maps whose keys are strings other than `__proto__`.
 * Every length, depth and count is checked before anything is built from it: a decoder that trusts hostile bytes allocates,
 * recurses, runs extension code and renames keys. 64-bit integers that a double cannot hold are bigints; bin is a view.
 *
 *   bytes ─▶ this file, once over them ─▶ validate ─▶ frame
 *
 * Our own, since a general decoder needs a guard that goes over the bytes before it, and most frames are so small that the
 * two cost more than the call they carry.
 *
 * @throws HoldfastError BadFrame, saying at which byte
 */
export function readMsgpack(bytes: Uint8Array, limits: FrameLimits): unknown {
  try {
    return reader.read(bytes, limits);
  } finally {
    // The last frame is not kept from being collected.
    reader.release();
  }
}

const nothing = new Uint8Array();

/** A number's bytes, in the order in which this machine reads them. */
const scratch = new DataView(new ArrayBuffer(8));

class Reader {
  // Not `#private`: each read of such a field costs as much as the byte that is looked at.
  private bytes: Uint8Array = nothing;
  private limits = frameLimits;
  at = 0;
  private items = 0;
  private readonly text = new MsgpackText();

  read(bytes: Uint8Array, limits: FrameLimits): unknown {
    this.begin(bytes, limits, 0, 0);
    const value = this.value(1);
    this.end();
    return value;
  }

  /** @param at what is before it has been read, which were so many items */
  begin(bytes: Uint8Array, limits: FrameLimits, at: number, items: number): void {
    this.bytes = bytes;
    this.limits = limits;
    this.at = at;
    this.items = items;
  }

  end(): void {
    if (this.at === this.bytes.length) return;
    throw badFrame(`${this.bytes.length - this.at} bytes follow the frame's end`);
  }

  /** Goes past a map's key, if it is this. @param key its bytes, with their head */
  passes(key: readonly number[]): boolean {
    const { bytes, at } = this;
    for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false;
    this.spend();
    this.at = at + key.length;
    return true;
  }

  release(): void {
    this.bytes = nothing;
  }

  value(depth: number): unknown {
    this.spend();
    const head = this.head();
    if (head < 0x80) return head;
    if (head < 0x90) return this.map(head & 0x0f, depth);
    if (head < 0xa0) return this.array(head & 0x0f, depth);
    if (head < 0xc0) return this.string(head & 0x1f);
    if (head >= 0xe0) return head - 0x100;
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.bin(this.length(head - 0xc4));
      case 0xca:
      case 0xcb:
        return this.float(head);
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.length(head - 0xcc);
      case 0xcf:
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return this.integer(head);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.string(this.length(head - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.array(this.length(head - 0xdb), depth);
      case 0xde:
      case 0xdf:
        return this.map(this.length(head - 0xdd), depth);
      default:
        throw badFrame(`byte ${this.at - 1} ${head === 0xc1 ? NEVER_USED : EXTENSION}`);
    }
  }

  private array(count: number, depth: number): unknown[] {
    this.enter(depth);
    this.expect(count);
    const list: unknown[] = [];
    for (let index = 0; index < count; index++) list.push(this.value(depth + 1));
    return list;
  }

  private map(count: number, depth: number): Record<string, unknown> {
    this.enter(depth);
    this.expect(count * 2);
    const map: Record<string, unknown> = {};
    for (let index = 0; index < count; index++) {
      const key = this.key();
      map[key] = this.value(depth + 1);
    }
    return map;
  }

  private key(): string {
    this.spend();
    const start = this.at;
    const head = this.head();
    let length: number;
    if (head >= 0xa0 && head < 0xc0) length = head & 0x1f;
    else if (head >= 0xd9 && head <= 0xdb) length = this.length(head - 0xd9);
    else throw badFrame(`the map key at byte ${start} is not a string`);
    const key = this.string(length);
    if (key === "__proto__") throw badFrame(`a map has the key "__proto__" at byte ${start}: rename it`);
    return key;
  }

  private string(length: number): string {
    const from = this.at;
    this.skip(length);
    return this.text.read(this.bytes, from, length);
  }

  private bin(length: number): Uint8Array {
    const from = this.at;
    this.skip(length);
    return this.bytes.subarray(from, this.at);
  }

  private float(head: number): number {
    if (head === 0xca) {
      this.copy(4);
      return scratch.getFloat32(0);
    }
    this.copy(8);
    return scratch.getFloat64(0);
  }

  private integer(head: number): number | bigint {
    switch (head) {
      case 0xd0:
        this.copy(1);
        return scratch.getInt8(0);
      case 0xd1:
        this.copy(2);
        return scratch.getInt16(0);
      case 0xd2:
        this.copy(4);
        return scratch.getInt32(0);
      default: {
        this.copy(8);
        const whole = head === 0xcf ? scratch.getBigUint64(0) : scratch.getBigInt64(0);
        const number = Number(whole);
        return Number.isSafeInteger(number) ? number : whole;
      }
    }
  }

  /** Takes so many bytes to where numbers are read. */
  private copy(count: number): void {
    const from = this.at;
    this.skip(count);
    for (let i = 0; i < count; i++) scratch.setUint8(i, this.bytes[from + i]!);
  }

  private head(): number {
    const head = this.bytes[this.at];
    if (head === undefined) throw badFrame(`the frame ends at byte ${this.at}, in the middle of a value`);
    this.at += 1;
    return head;
  }

  /** An unsigned number of 1, 2 or 4 bytes. @param step 0, 1 or 2 */
  private length(step: number): number {
    const width = 1 << step;
    const from = this.at;
    this.skip(width);
    let length = 0;
    for (let i = 0; i < width; i++) length = length * 256 + this.bytes[from + i]!;
    return length;
  }

  private skip(count: number): void {
    this.expect(count);
    this.at += count;
  }

  /** Every element takes at least one byte, so a length beyond the rest is a lie, and no loop runs on a lie. */
  private expect(count: number): void {
    const left = this.bytes.length - this.at;
    if (count > left) throw badFrame(`byte ${this.at} promises ${count} more bytes or values, the frame has ${left}`);
  }

  private spend(): void {
    this.items += 1;
    if (this.items <= this.limits.maxItems) return;
    throw badFrame(`the frame holds more than ${this.limits.maxItems} values: send numbers as a tensor`);
  }

  private enter(depth: number): void {
    if (depth <= this.limits.maxDepth) return;
    throw badFrame(`the frame is nested deeper than ${this.limits.maxDepth} levels: flatten it`);
  }
}

const NEVER_USED = "is 0xc1, which msgpack never uses: these bytes are no msgpack, or out of step";
const EXTENSION = "begins an extension type, which is not part of plain msgpack";

/** One for all frames: nothing of a read outlives it, and one for each would cost as much as a small frame. */
export const reader = new Reader();
