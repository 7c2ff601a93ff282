import { types } from "node:util";
import { hasInherited } from "./plain-data.js";
import { arePlain, Shapes } from "./ring-shapes.js";
import { SHORT_STRING, tag } from "./ring-values.js";
import { ringKindOf } from "./ring-view-kind.js";

/** What is thrown for a value that these bytes cannot carry; made once, because it costs a stack. */
export const notByRing = new Error("not by the ring");

/** As deep as pack() lets a value be. */
const DEEPEST_PLAIN = 100;

/** And some: what has become deeper since contains itself. */
const DEEPEST = 110;

/** Objects of one value up to which a list is searched faster than a Set. */
const FEW = 32;

/** Writes values into memory that is handed in; knows the shapes that the other side knows. */
export class ValueWriter {
  /** Where the next byte goes. */
  at = 0;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #end = 0;
  readonly #shapes = new Shapes();
  readonly #few: (object | undefined)[] = new Array<undefined>(FEW).fill(undefined);
  #seen = 0;
  #many: Set<object> | undefined;
  /** What is written was not packed: only what needs no packing is carried. */
  #plain = false;

  constructor(bytes: Buffer, view: DataView) {
    this.#bytes = bytes;
    this.#view = view;
  }

  /** A new frame: values go from `at` on, up to `end`. */
  begin(at: number, end: number): void {
    this.at = at;
    this.#end = end;
  }

  /**
   * One that nobody has packed: it is judged while it is written, which spares the walk of its own that this takes elsewhere.
   * @throws notByRing for all that pack() has to look at, and as `value` does
   */
  plain(value: unknown): void {
    this.#plain = true;
    try {
      this.value(value);
    } finally {
      this.#plain = false;
    }
  }

  /** The frame is whole: what it defines is known on the other side. */
  keep(): void {
    this.#shapes.keep();
    this.#forget();
  }

  /** The frame is not sent: what it defined never was. */
  undo(): void {
    this.#shapes.undo();
    this.#forget();
  }

  /**
   * The arguments of a call: an array that came from a rest parameter.
   * @throws notByRing as `value` does
   */
  list(values: readonly unknown[]): void {
    if (values.length > 0xff) throw notByRing;
    this.#room(1);
    this.#bytes[this.at++] = values.length;
    for (let i = 0; i < values.length; i++) this.value(values[i], 0);
  }

  /** @throws notByRing for what cannot be carried exactly, or has no room */
  value(value: unknown, depth = 0): void {
    // One comparison after the other: a switch would make the type's name first.
    if (typeof value === "string") this.string(value);
    else if (typeof value === "number") this.#number(value);
    else if (typeof value === "object") {
      if (value === null) this.#tag(tag.null);
      else this.#object(value, depth);
    } else if (typeof value === "boolean") this.#tag(value ? tag.true : tag.false);
    else if (value === undefined) this.#tag(tag.undefined);
    else if (typeof value === "bigint") this.#bigint(value);
    else throw notByRing;
  }

  string(value: string): void {
    const { length } = value;
    if (length <= SHORT_STRING) {
      this.#room(length + 2);
      const bytes = this.#bytes;
      let at = this.at + 2;
      let all = 0;
      for (let i = 0; i < length; i++) {
        const code = value.charCodeAt(i);
        all |= code;
        bytes[at++] = code;
      }
      if (all <= 0xff) {
        bytes[this.at] = tag.latin;
        bytes[this.at + 1] = length;
        this.at = at;
        return;
      }
    }
    this.#room(5 + 3 * length);
    const start = this.at + 5;
    const utf8 = isWellFormed(value);
    const written = this.#bytes.write(value, start, utf8 ? "utf8" : "utf16le");
    this.#head(utf8 ? tag.utf8 : tag.utf16, written);
    this.at += written;
  }

  #room(bytes: number): void {
    if (this.at + bytes > this.#end) throw notByRing;
  }

  #tag(which: number): void {
    this.#room(1);
    this.#bytes[this.at++] = which;
  }

  /** A tag and a count; room is looked for. */
  #head(which: number, count: number): void {
    this.#room(5);
    this.#bytes[this.at] = which;
    this.#view.setUint32(this.at + 1, count);
    this.at += 5;
  }

  #number(value: number): void {
    this.#room(9);
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= -128 && value < 128) {
        this.#bytes[this.at] = tag.int8;
        this.#bytes[this.at + 1] = value;
        this.at += 2;
        return;
      }
      this.#bytes[this.at] = tag.int32;
      this.#view.setInt32(this.at + 1, value);
      this.at += 5;
      return;
    }
    this.#bytes[this.at] = tag.float;
    this.#view.setFloat64(this.at + 1, value);
    this.at += 9;
  }

  #bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw notByRing;
    this.#room(9);
    this.#bytes[this.at] = tag.bigint;
    this.#view.setBigInt64(this.at + 1, value);
    this.at += 9;
  }

  #object(value: object, depth: number): void {
    const plain = this.#plain;
    if (depth > (plain ? DEEPEST_PLAIN : DEEPEST)) throw notByRing;
    if (depth === 0 && hasInherited()) throw notByRing;
    // A Proxy first: to look at it runs its traps.
    if (plain && types.isProxy(value)) throw notByRing;
    this.#once(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (plain && Array.isArray(value) !== (prototype === Array.prototype)) throw notByRing;
    if (prototype === Object.prototype) this.#record(value as Record<string, unknown>, depth);
    else if (prototype === Array.prototype) this.#array(value as unknown[], depth);
    else if (plain) throw notByRing;
    else if (ArrayBuffer.isView(value)) this.#binary(value);
    else if (value instanceof ArrayBuffer) this.#plainBuffer(value);
    else if (prototype === Date.prototype) {
      this.#room(9);
      this.#bytes[this.at] = tag.date;
      this.#view.setFloat64(this.at + 1, (value as Date).getTime());
      this.at += 9;
    } else if (prototype === Map.prototype) {
      this.#head(tag.map, (value as Map<unknown, unknown>).size);
      for (const [key, item] of value as Map<unknown, unknown>) {
        this.value(key, depth + 1);
        this.value(item, depth + 1);
      }
    } else if (prototype === Set.prototype) {
      this.#head(tag.set, (value as Set<unknown>).size);
      for (const item of value as Set<unknown>) this.value(item, depth + 1);
    } else throw notByRing;
  }

  /** What is there twice is one object on the other side too, and only structured clone does that. */
  #once(value: object): void {
    const many = this.#many;
    if (many) {
      if (many.has(value)) throw notByRing;
      many.add(value);
      return;
    }
    const few = this.#few;
    for (let i = 0; i < this.#seen; i++) if (few[i] === value) throw notByRing;
    if (this.#seen < FEW) few[this.#seen++] = value;
    else this.#many = new Set([...(few as object[]), value]);
  }

  #forget(): void {
    while (this.#seen > 0) this.#few[--this.#seen] = undefined;
    this.#many = undefined;
  }

  #record(value: Record<string, unknown>, depth: number): void {
    if (this.#plain && ArrayBuffer.isView(value)) throw notByRing;
    const shape = this.#shapes.of(value);
    if (shape === undefined) {
      this.#first(value, depth);
      return;
    }
    if (this.#plain && !shape.plain) throw notByRing;
    this.#room(3);
    this.#bytes[this.at] = tag.record;
    this.#view.setUint16(this.at + 1, shape.number);
    this.at += 3;
    let left = shape.keys.length;
    // It has these names in this order, unless a getter of its own has taken one away.
    for (const key in value) {
      this.value(value[key], depth + 1);
      left--;
    }
    if (left !== 0) throw notByRing;
  }

  /** One of a shape that the other side does not know. */
  #first(value: Record<string, unknown>, depth: number): void {
    const keys = Object.keys(value);
    if (keys.length > 0xffff || keys.includes("__proto__")) throw notByRing;
    if (this.#plain && !arePlain(keys)) throw notByRing;
    this.#room(5);
    this.#bytes[this.at] = tag.shape;
    this.#view.setUint16(this.at + 1, this.#shapes.define(keys));
    this.#view.setUint16(this.at + 3, keys.length);
    this.at += 5;
    for (const key of keys) this.string(key);
    for (const key of keys) this.value(value[key], depth + 1);
  }

  #array(value: unknown[], depth: number): void {
    const { length } = value;
    this.#head(tag.array, length);
    // A hole has no key, a name hung on it is one more; an array of this many items has no room anyway.
    if (length > this.#end || Object.keys(value).length !== length) throw notByRing;
    for (let i = 0; i < length; i++) this.value(value[i], depth + 1);
  }

  #binary(value: ArrayBufferView): void {
    const { buffer, byteLength } = value;
    // pack() has copied views on part of a buffer; one that grows, or that others look at too, stays one only in a clone.
    if (!(buffer instanceof ArrayBuffer) || byteLength !== buffer.byteLength || resizable(buffer)) throw notByRing;
    this.#once(buffer);
    const kind = ringKindOf(value);
    if (kind === undefined) throw notByRing;
    this.#room(6 + byteLength);
    this.#bytes[this.at] = tag.view;
    this.#bytes[this.at + 1] = kind;
    this.#view.setUint32(this.at + 2, byteLength);
    this.#bytes.set(new Uint8Array(buffer), this.at + 6);
    this.at += 6 + byteLength;
  }

  #plainBuffer(buffer: ArrayBuffer): void {
    if (resizable(buffer)) throw notByRing;
    this.#head(tag.buffer, buffer.byteLength);
    this.#room(buffer.byteLength);
    this.#bytes.set(new Uint8Array(buffer), this.at);
    this.at += buffer.byteLength;
  }
}

function resizable(buffer: ArrayBuffer): boolean {
  return (buffer as { resizable?: boolean }).resizable === true;
}

function isWellFormed(value: string): boolean {
  return (value as unknown as { isWellFormed(): boolean }).isWellFormed();
}
