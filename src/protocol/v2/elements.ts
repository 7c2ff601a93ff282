import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { elementsOf, type TensorData } from "../dtypes.js";
import { arrayOf, type Datatype, type Elements, widthOf } from "./datatypes.js";
import { bf16, fp16 } from "./small-floats.js";

const bigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

/**
 * Elements written in JSON, flat or nested as the shape is: numbers, booleans, text; 64-bit integers also as decimal text.
 * @param where the field, for the error: `inputs[0].data`
 * @throws HoldfastError InvalidValue: too many or too few, or one that is none of its type
 */
export function elementsFromJson(datatype: Datatype, shape: readonly number[], data: unknown, where: string): Elements {
  if (!Array.isArray(data)) throw invalid(where, `is ${shown(data)}: give an array`);
  const count = elementsOf(shape);
  if (datatype === "BYTES") {
    const list: Uint8Array[] = [];
    flatten(data, count, where, (value, at) => list.push(textBytes(value, `${where}[${at}]`)));
    return list;
  }
  const make = arrayOf(datatype);
  const width = widthOf(datatype)!;
  const elements = new make(new ArrayBuffer(count * width));
  const read = readers[datatype];
  flatten(data, count, where, (value, at) => {
    elements[at] = read(value, datatype, `${where}[${at}]`) as never;
  });
  return elements;
}

/**
 * The same elements as JSON writes them: 64-bit integers as numbers where those are exact, as decimal text where not.
 * @throws HoldfastError InvalidValue: bytes that are no UTF-8, which JSON cannot hold
 */
export function elementsToJson(datatype: Datatype, elements: Elements): unknown[] {
  if (datatype === "BYTES") return (elements as readonly Uint8Array[]).map(jsonText);
  const list = Array.from(elements as ArrayLike<number | bigint>);
  switch (datatype) {
    case "BOOL":
      return list.map((value) => value !== 0);
    case "FP16":
      return list.map((bits) => jsonNumber(fp16.toNumber(bits as number)));
    case "BF16":
      return list.map((bits) => jsonNumber(bf16.toNumber(bits as number)));
    case "INT64":
    case "UINT64":
      return list.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)));
    default:
      return list.map((value) => jsonNumber(value as number));
  }
}

/**
 * Elements from the bytes of the binary extension: little-endian, row by row; a BYTES element is its length in 4 bytes, then
 * itself. They are copied: the bytes belong to the network.
 * @throws HoldfastError InvalidValue: a length that is not that of the shape
 */
export function elementsFromBytes(
  datatype: Datatype,
  shape: readonly number[],
  bytes: Uint8Array,
  where: string,
): Elements {
  const count = elementsOf(shape);
  if (datatype === "BYTES") return listFromBytes(count, bytes, where);
  const width = widthOf(datatype)!;
  if (bytes.length !== count * width) {
    const wanted = `${datatype}[${shape.join(",")}] is ${count * width} bytes`;
    throw invalid(where, `has ${bytes.length} bytes of binary data, and ${wanted}`);
  }
  const own = new Uint8Array(bytes);
  if (bigEndian) swap(own, width);
  if (datatype === "BOOL") {
    for (let at = 0; at < own.length; at++) {
      if (own[at]! > 1) throw invalid(`${where}[${at}]`, `is the byte ${own[at]}: a BOOL is 0 or 1`);
    }
  }
  return new (arrayOf(datatype))(own.buffer);
}

/** The same elements as the binary extension writes them; a view of them where they lie so already. */
export function elementsToBytes(datatype: Datatype, elements: Elements): Uint8Array {
  if (datatype === "BYTES") return listToBytes(elements as readonly Uint8Array[]);
  const { buffer, byteOffset, byteLength } = elements as TensorData;
  const view = new Uint8Array(buffer, byteOffset, byteLength);
  if (!bigEndian) return view;
  const swapped = new Uint8Array(view);
  swap(swapped, widthOf(datatype)!);
  return swapped;
}

type Read = (value: unknown, datatype: Datatype, where: string) => number | bigint;

const real: Read = (value, datatype, where) => {
  if (typeof value === "number") return value;
  if (typeof value === "string") {
    if (Object.hasOwn(wordNumbers, value)) return wordNumbers[value]!;
    // How parseJson hands on a whole number of many digits.
    if (/^-?\d{16,}$/.test(value)) return Number(value);
  }
  throw invalid(where, `is ${shown(value)}: ${datatype} takes numbers`);
};

const whole =
  (least: number, most: number): Read =>
  (value, datatype, where) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw invalid(where, `is ${shown(value)}: ${datatype} takes whole numbers from ${least} to ${most}`);
  };

const wide =
  (least: bigint, most: bigint): Read =>
  (value, datatype, where) => {
    const isNumber = typeof value === "number" && Number.isSafeInteger(value);
    const isText = typeof value === "string" && /^-?\d{1,20}$/.test(value);
    const number = isNumber || isText ? BigInt(value as number | string) : undefined;
    if (number !== undefined && number >= least && number <= most) return number;
    const exact =
      typeof value === "number" && Number.isInteger(value) ? " (above 2^53 as text, numbers are not exact)" : "";
    throw invalid(where, `is ${shown(value)}: ${datatype} takes whole numbers from ${least} to ${most}${exact}`);
  };

/** JSON has no word for them; what writes them as text is understood. */
const wordNumbers: Record<string, number> = { NaN: Number.NaN, Infinity: Infinity, "-Infinity": -Infinity };

const readers: Readonly<Record<Exclude<Datatype, "BYTES">, Read>> = {
  BOOL: (value, _, where) => {
    if (typeof value === "boolean") return value ? 1 : 0;
    if (value === 0 || value === 1) return value;
    throw invalid(where, `is ${shown(value)}: BOOL takes true or false`);
  },
  UINT8: whole(0, 0xff),
  UINT16: whole(0, 0xffff),
  UINT32: whole(0, 0xffffffff),
  UINT64: wide(0n, 2n ** 64n - 1n),
  INT8: whole(-0x80, 0x7f),
  INT16: whole(-0x8000, 0x7fff),
  INT32: whole(-0x80000000, 0x7fffffff),
  INT64: wide(-(2n ** 63n), 2n ** 63n - 1n),
  FP16: (value, datatype, where) => fp16.toBits(real(value, datatype, where) as number),
  FP32: real,
  FP64: real,
  BF16: (value, datatype, where) => bf16.toBits(real(value, datatype, where) as number),
};

/** Not finite is `null` in JSON.stringify, which a reader takes for a missing value: its word is told instead. */
function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** Calls for each element in its order. Levels do not matter; how many there are does. */
function flatten(data: readonly unknown[], count: number, where: string, each: (value: unknown, at: number) => void) {
  let at = 0;
  const walk = (list: readonly unknown[]) => {
    for (const value of list) {
      if (Array.isArray(value)) walk(value);
      else if (at < count) each(value, at++);
      else throw invalid(where, `has more than the ${count} elements of its shape`);
    }
  };
  walk(data);
  if (at < count) throw invalid(where, `has ${at} elements, and its shape ${count}`);
}

/** Other bytes would come out as U+FFFD, which nobody notices. */
const strictText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function jsonText(bytes: Uint8Array, at: number): string {
  try {
    return strictText.decode(bytes);
  } catch {
    throw invalid(`element ${at} of a BYTES tensor`, "is no UTF-8, which JSON cannot hold: take it as binary data");
  }
}

function textBytes(value: unknown, where: string): Uint8Array {
  if (typeof value === "string") return new TextEncoder().encode(value);
  throw invalid(where, `is ${shown(value)}: BYTES takes text in JSON, and anything as binary data`);
}

function listFromBytes(count: number, bytes: Uint8Array, where: string): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const list: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length && list.length < count) {
    if (at + 4 > bytes.length) throw invalid(`${where}[${list.length}]`, "ends within the 4 bytes of its length");
    const length = view.getUint32(at, true);
    at += 4;
    if (length > bytes.length - at) {
      throw invalid(`${where}[${list.length}]`, `says ${length} bytes, and ${bytes.length - at} are left`);
    }
    // Not slice(): a Buffer's is a view.
    list.push(new Uint8Array(bytes.subarray(at, at + length)));
    at += length;
  }
  if (list.length < count) throw invalid(where, `has ${list.length} elements, and its shape ${count}`);
  if (at < bytes.length) throw invalid(where, `has ${bytes.length - at} bytes after its ${count} elements`);
  return list;
}

function listToBytes(list: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(list.reduce((sum, { length }) => sum + 4 + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const element of list) {
    view.setUint32(at, element.length, true);
    bytes.set(element, at + 4);
    at += 4 + element.length;
  }
  return bytes;
}

function swap(bytes: Uint8Array, width: number): void {
  for (let at = 0; width > 1 && at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

function invalid(where: string, problem: string): HoldfastError {
  return new HoldfastError("InvalidValue", `${where} ${problem}`, { details: { path: where } });
}
