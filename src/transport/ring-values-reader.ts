import { type MakeRecord, OFTEN, recordMaker } from "./ring-record.js";
import { SHORTEST, shortString } from "./ring-short-string.js";
import { NO_SHAPE, tag, viewKinds } from "./ring-values.js";

/** The keys of objects, and what makes such objects at once when there have been many. */
interface Shape {
  readonly keys: readonly string[];
  read: number;
  make: MakeRecord | undefined;
}

/** Reads what a ValueWriter has written, into values of their own: nothing looks into the ring afterwards. */
export class ValueReader {
  /** Where the next byte is. */
  at = 0;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #shapes: Shape[] = [];

  constructor(bytes: Buffer, view: DataView) {
    this.#bytes = bytes;
    this.#view = view;
  }

  list(): unknown[] {
    return this.#items(this.#bytes[this.at++]!);
  }

  value(): unknown {
    const which = this.#bytes[this.at++];
    switch (which) {
      case tag.undefined:
        return undefined;
      case tag.null:
        return null;
      case tag.true:
        return true;
      case tag.false:
        return false;
      case tag.int8:
        return (this.#bytes[this.at++]! << 24) >> 24;
      case tag.int32:
        this.at += 4;
        return this.#view.getInt32(this.at - 4);
      case tag.float:
        this.at += 8;
        return this.#view.getFloat64(this.at - 8);
      case tag.latin:
        return this.#latin();
      case tag.utf8: {
        const end = this.#count() + this.at;
        const text = this.#bytes.toString("utf8", this.at, end);
        this.at = end;
        return text;
      }
      case tag.utf16: {
        const end = this.#count() + this.at;
        const text = this.#bytes.toString("utf16le", this.at, end);
        this.at = end;
        return text;
      }
      case tag.array:
        return this.#items(this.#count());
      case tag.record:
        this.at += 2;
        return this.#known(this.#shapes[this.#view.getUint16(this.at - 2)]!);
      case tag.shape:
        return this.#record(this.#defined());
      case tag.view: {
        const kind = viewKinds[this.#bytes[this.at++]!] as new (buffer: ArrayBuffer) => ArrayBufferView;
        const buffer = this.#copy();
        return new kind(buffer);
      }
      case tag.buffer:
        return this.#copy();
      case tag.date:
        this.at += 8;
        return new Date(this.#view.getFloat64(this.at - 8));
      case tag.bigint:
        this.at += 8;
        return this.#view.getBigInt64(this.at - 8);
      case tag.map: {
        const size = this.#count();
        const map = new Map<unknown, unknown>();
        for (let i = 0; i < size; i++) {
          const key = this.value();
          map.set(key, this.value());
        }
        return map;
      }
      case tag.set: {
        const size = this.#count();
        const set = new Set<unknown>();
        for (let i = 0; i < size; i++) set.add(this.value());
        return set;
      }
      default:
        throw new Error(`a ring holds a value of the unknown kind ${which}: the two ends are of different versions`);
    }
  }

  /** Few are made at once: a list that grows has room for sixteen more than are in it. */
  #items(length: number): unknown[] {
    switch (length) {
      case 0:
        return [];
      case 1:
        return [this.value()];
      case 2:
        return [this.value(), this.value()];
      case 3:
        return [this.value(), this.value(), this.value()];
      case 4:
        return [this.value(), this.value(), this.value(), this.value()];
    }
    const items = [this.value(), this.value(), this.value(), this.value(), this.value()];
    for (let i = 5; i < length; i++) items.push(this.value());
    return items;
  }

  #latin(): string {
    const bytes = this.#bytes;
    const length = bytes[this.at]!;
    const at = this.at + 1;
    this.at = at + length;
    return length <= SHORTEST ? shortString(bytes, at, length) : bytes.toString("latin1", at, at + length);
  }

  #count(): number {
    this.at += 4;
    return this.#view.getUint32(this.at - 4);
  }

  #copy(): ArrayBuffer {
    const length = this.#count();
    const copy = new Uint8Array(length);
    copy.set(this.#bytes.subarray(this.at, this.at + length));
    this.at += length;
    return copy.buffer;
  }

  #defined(): readonly string[] {
    const number = this.#view.getUint16(this.at);
    const length = this.#view.getUint16(this.at + 2);
    this.at += 4;
    const keys: string[] = [];
    for (let i = 0; i < length; i++) keys.push(this.value() as string);
    if (number !== NO_SHAPE) this.#shapes[number] = { keys, read: 0, make: undefined };
    return keys;
  }

  #known(shape: Shape): object {
    if (shape.make) return shape.make(this);
    if (++shape.read === OFTEN) shape.make = recordMaker(shape.keys);
    return this.#record(shape.keys);
  }

  #record(keys: readonly string[]): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    for (let i = 0; i < keys.length; i++) record[keys[i]!] = this.value();
    return record;
  }
}
