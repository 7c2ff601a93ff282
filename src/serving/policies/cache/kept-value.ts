import { types } from "node:util";
import { Lease, newLease } from "../../../transport/lease.js";

const DEEPEST = 100;

/* What V8 takes for each, in bytes, rounded up: an estimate, as the bound it serves. */
const WORD = 8;
const OBJECT = 32;
const TEXT = 24;
const COLLECTION = 200;
const ITEM = 48;
const ARRAY_BUFFER = 250;

/** A value that cannot be given to several: a ref, a stream, a class instance. */
class NotKept extends Error {}

/** An answer as it is kept, and what it takes in memory. */
export interface KeptValue {
  readonly value: unknown;
  readonly bytes: number;
}

/** A copy of an answer that nobody else has, or undefined where it cannot be copied. */
export function keptValue(value: unknown): KeptValue | undefined {
  const copying = new Copying();
  try {
    const copy = copying.of(value, 0);
    return { value: copy, bytes: copying.bytes };
  } catch {
    // A getter that throws, a tensor that was released already.
    return undefined;
  }
}

/** One more copy of what is kept. */
export function copyOf({ value }: KeptValue): unknown {
  return typeof value === "object" && value !== null ? new Copying().of(value, 0) : value;
}

/** Copies plain data, and the bytes of arrays: no more of them than the array shows. */
class Copying {
  bytes = WORD;

  of(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case "string":
        this.bytes += TEXT + value.length * 2;
        return value;
      case "function":
      case "symbol":
        throw new NotKept();
      case "object":
        return value === null ? null : this.#object(value, depth);
      default:
        this.bytes += WORD;
        return value;
    }
  }

  #object(value: object, depth: number): unknown {
    if (depth > DEEPEST || types.isProxy(value)) throw new NotKept();
    this.bytes += OBJECT;
    if (Array.isArray(value)) return this.#list(value, depth);
    if (ArrayBuffer.isView(value)) return this.#view(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null)
      return this.#record(value as Record<string, unknown>, depth);
    if (value instanceof Date) return new Date(value);
    if (value instanceof Map) {
      this.bytes += COLLECTION + value.size * ITEM;
      return new Map([...value].map(([key, item]) => [this.of(key, depth + 1), this.of(item, depth + 1)]));
    }
    if (value instanceof Set) {
      this.bytes += COLLECTION + value.size * ITEM;
      return new Set([...value].map((item) => this.of(item, depth + 1)));
    }
    if (types.isArrayBuffer(value)) {
      this.bytes += ARRAY_BUFFER + value.byteLength;
      return value.slice(0);
    }
    if (!(value instanceof Lease)) throw new NotKept();
    // Its receiver may release it, as the first one; the memory behind this one is ordinary.
    const lease = newLease(undefined, value.dtype, value.shape);
    this.bytes += 2 * ARRAY_BUFFER + lease.data.byteLength;
    lease.data.set(value.data as never);
    return lease;
  }

  #list(values: readonly unknown[], depth: number): unknown[] {
    this.bytes += values.length * WORD;
    return Array.from(values, (item) => this.of(item, depth + 1));
  }

  #record(value: Record<string, unknown>, depth: number): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      this.bytes += 2 * WORD + name.length;
      const item = this.of(value[name], depth + 1);
      // A field of this name would set the prototype.
      if (name === "__proto__")
        Object.defineProperty(copy, name, { value: item, enumerable: true, configurable: true, writable: true });
      else copy[name] = item;
    }
    return copy;
  }

  #view(view: ArrayBufferView): ArrayBufferView {
    this.bytes += ARRAY_BUFFER + view.byteLength;
    const bytes = new Uint8Array(view.byteLength);
    bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    if (types.isUint8Array(view)) return bytes;
    const kinds = globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>;
    const Kind = kinds[Object.prototype.toString.call(view).slice(8, -1)];
    if (!Kind) throw new NotKept();
    return new Kind(bytes.buffer);
  }
}
