import { HoldfastError } from "../errors.js";
import {
  type Dtype,
  dtypes,
  elementsOf,
  isDtype,
  type Layout,
  layouts,
  type Tensor,
  type TensorData,
} from "./dtypes.js";

/** A tensor as it stands in a frame: `data` are the bytes of its elements, little-endian. */
export interface WireTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const KEYS = new Set(["dtype", "shape", "data"]);
const bigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

/** Whether an object is written like a tensor: exactly `dtype`, `shape` and `data`, with a known dtype. */
export function looksLikeTensor(value: object): value is { dtype: Dtype; shape: unknown; data: unknown } {
  const keys = Object.keys(value);
  if (keys.length !== 3 || !keys.every((key) => KEYS.has(key))) return false;
  const { dtype } = value as { dtype: unknown };
  return isDtype(dtype);
}

/** The dtype of a typed array, or undefined for what is none (DataView, Float16Array of newer engines). */
export function dtypeOf(array: ArrayBufferView): Dtype | undefined {
  if (array instanceof Uint8ClampedArray) return "uint8";
  return dtypes.find((dtype) => array instanceof layouts[dtype].make && !("ambiguous" in layouts[dtype]));
}

/** The wire form of a typed array (`shape` default: one dimension) or of a tensor's data. */
export function tensorToWire(dtype: Dtype, shape: unknown, data: ArrayBufferView, where: string): WireTensor {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const elements = layouts[dtype].make;
  if (!(data instanceof elements || data instanceof Uint8Array)) {
    throw invalid(where, `has dtype ${dtype} but its data is a ${data.constructor.name}: give a ${elements.name}`);
  }
  checkSize(dtype, shape, raw.length, where);
  return { dtype, shape, data: bigEndian ? swapped(raw, layouts[dtype].bytes) : raw };
}

/**
 * Makes what stands for elements that came in a frame. The bytes are in this machine's order, and belong to the network.
 * @param bare the array alone stands for it, without dtype and shape
 */
export type Place = (dtype: Dtype, shape: readonly number[], bytes: Uint8Array, bare: boolean) => unknown;

/**
 * Copies, so that the array owns a buffer of exactly its size: a view would keep a whole network buffer alive and be cloned
 * with it.
 */
export const copied = (
  dtype: Dtype,
  shape: readonly number[],
  bytes: Uint8Array,
  bare: boolean,
): TensorData | Tensor => {
  const data = new layouts[dtype].make(new Uint8Array(bytes).buffer);
  return bare ? data : { dtype, shape, data };
};

/**
 * What arrives at an actor or caller: one dimension is the typed array itself, any other number of dimensions is
 * `{ dtype, shape, data: TypedArray }`.
 */
export function tensorFromWire(dtype: Dtype, shape: unknown, bytes: Uint8Array, where: string, place: Place): unknown {
  checkSize(dtype, shape, bytes.length, where);
  const layout: Layout = layouts[dtype];
  const ordered = bigEndian ? swapped(bytes, layout.bytes) : bytes;
  return place(dtype, shape, ordered, shape.length === 1 && !layout.ambiguous);
}

/** Elements written as a JSON array: numbers, or decimal strings for 64 bit integers. */
export function tensorFromNumbers(dtype: Dtype, numbers: readonly unknown[], where: string): Uint8Array {
  const big = dtype === "int64" || dtype === "uint64";
  try {
    const elements: TensorData = big
      ? new (layouts[dtype].make as typeof BigInt64Array)(numbers.map((n) => BigInt(n as string | number)))
      : new (layouts[dtype].make as typeof Float32Array)(numbers.map(numeric));
    return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  } catch (error) {
    throw invalid(where, `has an element that is no ${dtype}: ${(error as Error).message}`);
  }
}

const wordNumbers: Record<string, number> = { NaN: Number.NaN, Infinity: Infinity, "-Infinity": -Infinity };

function numeric(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && Object.hasOwn(wordNumbers, value)) return wordNumbers[value]!;
  throw new TypeError(`${JSON.stringify(value)} is not a number`);
}

function checkSize(dtype: Dtype, shape: unknown, bytes: number, where: string): asserts shape is readonly number[] {
  if (!Array.isArray(shape) || shape.length > 16 || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw invalid(where, "has a shape that is not a list of at most 16 whole numbers >= 0");
  }
  const expected = elementsOf(shape as number[]) * layouts[dtype].bytes;
  if (expected !== bytes) {
    throw invalid(where, `is ${dtype}[${shape.join(",")}], that is ${expected} bytes, but its data has ${bytes}`);
  }
}

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  for (let at = 0; width > 1 && at < copy.length; at += width) copy.subarray(at, at + width).reverse();
  return copy;
}

function invalid(where: string, problem: string): HoldfastError {
  return new HoldfastError("InvalidValue", `${where || "the value"} ${problem}`, { details: { path: where } });
}
