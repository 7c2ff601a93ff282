/*
 * Values as bytes in a ring, exactly as structured clone would hand them over (docs/values.md), or not at all: what these
 * bytes cannot carry exactly (an object that is there twice, an array with names on it, a key `__proto__`) is refused, and
 * goes by the port.
 *
 * A value is one tag and its content. Plain objects of one shape send their keys once: the first one defines a number, the
 * reader keeps it, and both forget it with their ring.
 */

export const tag = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  int8: 4,
  int32: 5,
  float: 6,
  /** Length in one byte, characters up to 0xff in a byte each. */
  latin: 7,
  utf8: 8,
  /** What utf8 would spoil: halves of surrogate pairs. */
  utf16: 9,
  array: 10,
  /** Number of a known shape, values. */
  record: 11,
  /** Number that this shape gets (or none), keys, values. */
  shape: 12,
  view: 13,
  buffer: 14,
  date: 15,
  bigint: 16,
  map: 17,
  set: 18,
} as const;

/** What a view is made of. Their order is what goes over the ring. */
export const viewKinds = [
  Uint8Array,
  Float32Array,
  Float64Array,
  Int32Array,
  Int8Array,
  Int16Array,
  Uint16Array,
  Uint32Array,
  Uint8ClampedArray,
  BigInt64Array,
  BigUint64Array,
  DataView,
] as const;

/** Shapes that one direction remembers: objects with keys that are data must not fill the memory. */
export const MOST_SHAPES = 512;

/** Keys of a shape that is remembered. */
export const MOST_KEYS = 64;

/** The number of a shape that is not remembered. */
export const NO_SHAPE = 0xffff;

/** Characters up to which a string is written one by one: a call into C++ costs as much. */
export const SHORT_STRING = 40;
