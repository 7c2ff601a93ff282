import { keepFreed } from "./keep-freed.js";

type MakeView = new (buffer: ArrayBufferLike, offset?: number, length?: number) => ArrayBufferView;

/** What holds the elements of an array, by the number under which it crosses: a position in this list. */
const kinds: readonly MakeView[] = [
  DataView,
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

/** The number of an array's kind; a Buffer is a Uint8Array; undefined for kinds of newer engines. */
export function kindOf(array: ArrayBufferView): number | undefined {
  const kind = kinds.findIndex((make) => array instanceof make);
  return kind < 0 ? undefined : kind;
}

/** A view of that kind. @param bytes a multiple of its element's size */
export function viewOf(kind: number, memory: ArrayBufferLike, at: number, bytes: number): ArrayBufferView {
  const make = kinds[kind]!;
  const { BYTES_PER_ELEMENT = 1 } = make as { BYTES_PER_ELEMENT?: number };
  return new make(memory, at, bytes / BYTES_PER_ELEMENT);
}

/** The bytes of an array. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A copy in memory of its own, of exactly its size, that was not zeroed first. */
export function ownCopyOf(kind: number, memory: SharedArrayBuffer, at: number, bytes: number): ArrayBufferView {
  keepFreed();
  const own = Buffer.allocUnsafeSlow(bytes);
  own.set(new Uint8Array(memory, at, bytes));
  return viewOf(kind, own.buffer, 0, bytes);
}
