import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { type Dtype, elementsOf, isDtype, layouts, type TensorData } from "../../protocol/dtypes.js";
import { dtypeOf } from "../../protocol/tensor.js";
import { fp16 } from "../../protocol/v2/small-floats.js";
import type { ModelTensor } from "../runtimes/model.js";

/** Deeper lists are no tensor of any model. */
const MAX_RANK = 16;

/**
 * The tensor that a value stands for; see ModelInput.
 * @param found    what it is, for errors: `input "x"`
 * @param declared the dtype that the model wants, where it says one
 * @throws HoldfastError InvalidValue
 */
export function readTensor(found: string, value: unknown, declared: string | undefined): ModelTensor {
  if (ArrayBuffer.isView(value)) return arrayTensor(found, value, undefined, declared);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return listTensor(found, value, declared);
  const { dtype = declared, shape, data } = value as { dtype?: string; shape?: readonly number[]; data?: unknown };
  if (shape === undefined || data === undefined) {
    throw invalid(`${found} is ${shown(value)}: give { dtype, shape, data }, a typed array, or lists of numbers`);
  }
  // A tensor, good or bad: whoever runs it checks it.
  if ("dtype" in value && (dtype === "string" || !Array.isArray(data))) return value as ModelTensor;
  if (!Array.isArray(shape)) throw invalid(`${found} has shape ${shown(shape)}: give a list of whole numbers >= 0`);
  if (ArrayBuffer.isView(data)) return arrayTensor(found, data, shape, dtype);
  if (!Array.isArray(data)) throw invalid(`${found} has ${shown(data)} as data: give a typed array or a list`);
  const { data: flat, dtype: type } = listTensor(found, data.flat(MAX_RANK), dtype);
  return { dtype: type, shape, data: flat } as ModelTensor;
}

function arrayTensor(
  found: string,
  array: ArrayBufferView,
  shape: readonly number[] | undefined,
  declared: string | undefined,
): ModelTensor {
  // Bits of float16 and bytes of bool come as the arrays of other types.
  const fits = isDtype(declared) && array instanceof layouts[declared].make;
  const dtype = fits ? declared : dtypeOf(array);
  if (!dtype) throw invalid(`${found} is a ${array.constructor.name}: give an array of numbers`);
  const data = array as TensorData;
  return { dtype, shape: shape ?? [data.length], data };
}

function listTensor(found: string, value: unknown, declared: string | undefined): ModelTensor {
  const shape = shapeOf(value);
  const flat = (Array.isArray(value) ? value.flat(MAX_RANK) : [value]) as unknown[];
  const dtype = declared ?? guessed(flat[0]);
  // Lists of unequal lengths, and elements beside lists.
  if (flat.length !== elementsOf(shape) || !isEven(value, shape)) {
    throw invalid(`${found} has lists of unequal lengths, or more than ${MAX_RANK} in one another: give [${shape}]`);
  }
  if (dtype === "string") return { dtype, shape, data: flat as string[] };
  if (!isDtype(dtype)) throw invalid(`${found} is ${shown(dtype)}, of which there are no elements to give`);
  const { make } = layouts[dtype];
  const data = new make(new ArrayBuffer(flat.length * layouts[dtype].bytes));
  for (const [place, element] of flat.entries()) data[place] = elementOf(`${found}, element ${place},`, dtype, element);
  return { dtype, shape, data };
}

function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let inner = value; Array.isArray(inner) && shape.length < MAX_RANK; inner = inner[0]) shape.push(inner.length);
  return shape;
}

function isEven(value: unknown, shape: readonly number[], depth = 0): boolean {
  if (depth === shape.length) return !Array.isArray(value);
  if (!Array.isArray(value) || value.length !== shape[depth]) return false;
  return value.every((element) => isEven(element, shape, depth + 1));
}

function guessed(element: unknown): string {
  switch (typeof element) {
    case "string":
      return "string";
    case "bigint":
      return "int64";
    case "boolean":
      return "bool";
    default:
      return "float32";
  }
}

/** Typed arrays would turn what does not fit into something else, in silence. */
function elementOf(found: string, dtype: Dtype, element: unknown): never {
  const range = ranges[dtype];
  if (dtype === "bool") {
    if (element === true || element === 1) return 1 as never;
    if (element === false || element === 0) return 0 as never;
    throw invalid(`${found} is ${shown(element)}: give true or false`);
  }
  if (dtype === "float16" || dtype === "float32" || dtype === "float64") {
    const word = element === "NaN" || element === "Infinity" || element === "-Infinity";
    if (typeof element !== "number" && !word) throw invalid(`${found} is ${shown(element)}: give a number`);
    return (dtype === "float16" ? fp16.toBits(Number(element)) : Number(element)) as never;
  }
  const whole = typeof element === "number" ? Number.isSafeInteger(element) : isWholeText(element);
  const number = whole ? BigInt(element as number | string | bigint) : undefined;
  if (number === undefined || number < range![0] || number > range![1]) {
    throw invalid(`${found} is ${shown(element)}: give a whole number from ${range![0]} to ${range![1]}`);
  }
  return (dtype === "int64" || dtype === "uint64" ? number : Number(number)) as never;
}

function isWholeText(element: unknown): boolean {
  return typeof element === "bigint" || (typeof element === "string" && /^-?\d{1,20}$/.test(element));
}

const bits = (count: bigint, signed: boolean): readonly [bigint, bigint] =>
  signed ? [-(2n ** (count - 1n)), 2n ** (count - 1n) - 1n] : [0n, 2n ** count - 1n];

const ranges: Partial<Record<Dtype, readonly [bigint, bigint]>> = {
  int8: bits(8n, true),
  uint8: bits(8n, false),
  int16: bits(16n, true),
  uint16: bits(16n, false),
  int32: bits(32n, true),
  uint32: bits(32n, false),
  int64: bits(64n, true),
  uint64: bits(64n, false),
};

function invalid(message: string): HoldfastError {
  return new HoldfastError("InvalidValue", message);
}
