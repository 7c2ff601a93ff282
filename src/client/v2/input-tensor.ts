import { HoldfastError } from "../../errors.js";
import { onlyKnownKeys, shown } from "../../known-keys.js";
import { type Dtype, elementsOf, isDtype, type TensorData } from "../../protocol/dtypes.js";
import { dtypeOf } from "../../protocol/tensor.js";
import {
  arrayOf,
  type Datatype,
  datatypeOf,
  datatypes,
  type Elements,
  isDatatype,
} from "../../protocol/v2/datatypes.js";
import { elementsFromJson } from "../../protocol/v2/elements.js";
import type { V2Tensor } from "../../protocol/v2/infer-request.js";
import { bf16, fp16 } from "../../protocol/v2/small-floats.js";

/** The elements of an input, in row-major order. */
export type V2InputData =
  | TensorData
  | Uint8ClampedArray
  | readonly (number | bigint)[]
  | readonly boolean[]
  | readonly (string | Uint8Array)[];

/**
 * An input: a typed array or a list of texts alone (one dimension), or with its shape. The datatype is that of the array where
 * none is given; lists of numbers, and FP16, BF16 and BOOL in an array, need it. FP16 and BF16 take their bits as Uint16Array, or
 * numbers (a list, Float32Array), which are rounded to the nearest. A `Tensor` of this package goes as it is.
 */
export type V2Input =
  | TensorData
  | readonly (string | Uint8Array)[]
  | readonly boolean[]
  | {
      readonly data: V2InputData;
      /** Default: one dimension. */
      readonly shape?: readonly number[];
      readonly datatype?: Datatype;
      /** The same by ONNX's name, as tensors here have it. */
      readonly dtype?: Dtype | "string";
    };

const tensorKeys = { data: true, shape: true, datatype: true, dtype: true } as const;

/** Makes of what a caller gave what is sent. @throws HoldfastError InvalidValue naming the input */
export function inputTensor(name: string, given: V2Input): V2Tensor {
  const where = `inputs.${name}`;
  const bare = ArrayBuffer.isView(given) || Array.isArray(given);
  if (!bare && (typeof given !== "object" || given === null)) {
    throw invalid(where, `is ${shown(given)}: give a typed array, or { data, shape, datatype }`);
  }
  const tensor = (bare ? { data: given } : given) as Exclude<V2Input, TensorData | readonly unknown[]>;
  if (!bare) onlyKnownKeys(tensor, tensorKeys, where);
  const { data } = tensor;
  if (!ArrayBuffer.isView(data) && !Array.isArray(data)) {
    throw invalid(where, `has data that is ${shown(data)}: give a typed array or a list`);
  }
  const datatype = datatypeFor(tensor, where);
  const shape = shapeFor(tensor.shape, data as ArrayLike<unknown>, where);
  return { name, datatype, shape, data: elementsFor(datatype, shape, data as V2InputData, where) };
}

type Described = { readonly data: V2InputData; readonly datatype?: unknown; readonly dtype?: unknown };

function datatypeFor({ data, datatype, dtype }: Described, where: string): Datatype {
  if (datatype !== undefined) {
    if (isDatatype(datatype)) return datatype;
    throw invalid(`${where}.datatype`, `is ${shown(datatype)}: give one of ${datatypes.join(", ")}`);
  }
  if (dtype === "string") return "BYTES";
  if (dtype !== undefined) {
    if (isDtype(dtype)) return datatypeOf[dtype];
    throw invalid(`${where}.dtype`, `is ${shown(dtype)}: give a dtype such as "float32", or a datatype such as "FP32"`);
  }
  if (ArrayBuffer.isView(data)) {
    const known = dtypeOf(data);
    if (known) return datatypeOf[known];
    if (halfBits(data)) return "FP16";
  } else {
    const first = (data as readonly unknown[])[0];
    if (typeof first === "string" || first instanceof Uint8Array) return "BYTES";
    if (typeof first === "boolean") return "BOOL";
  }
  throw invalid(where, `has no datatype, and its data does not tell it: give one of ${datatypes.join(", ")}`);
}

function shapeFor(shape: readonly number[] | undefined, data: ArrayLike<unknown>, where: string): readonly number[] {
  if (shape === undefined) return [data.length];
  const isShape = Array.isArray(shape) && shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0);
  if (!isShape) throw invalid(`${where}.shape`, `is ${shown(shape)}: give a list of whole numbers >= 0`);
  if (elementsOf(shape) === data.length) return shape;
  throw invalid(where, `has ${data.length} elements, and its shape [${shape.join(",")}] ${elementsOf(shape)}`);
}

function elementsFor(datatype: Datatype, shape: readonly number[], data: V2InputData, where: string): Elements {
  if (!ArrayBuffer.isView(data)) return elementsOfList(datatype, shape, data, where);
  if (datatype !== "BYTES") {
    const small = datatype === "FP16" ? fp16 : datatype === "BF16" ? bf16 : undefined;
    const bits = datatype === "FP16" ? halfBits(data) : undefined;
    if (bits) return bits;
    if (data instanceof arrayOf(datatype)) return data as TensorData;
    if (datatype === "UINT8" && data instanceof Uint8ClampedArray) {
      return new Uint8Array(data.buffer, data.byteOffset, data.length);
    }
    if (small && (data instanceof Float32Array || data instanceof Float64Array)) {
      return Uint16Array.from(data, small.toBits);
    }
  }
  const wanted = datatype === "BYTES" ? "a list of strings or Uint8Arrays" : `a ${arrayOf(datatype).name} or a list`;
  throw invalid(where, `is ${datatype} and its data a ${data.constructor.name}: give ${wanted}`);
}

function elementsOfList(
  datatype: Datatype,
  shape: readonly number[],
  list: readonly unknown[],
  where: string,
): Elements {
  if (datatype !== "BYTES") {
    const written = list.map((value) => (typeof value === "bigint" ? String(value) : value));
    return elementsFromJson(datatype, shape, written, `${where}.data`);
  }
  return list.map((value, at) => {
    if (value instanceof Uint8Array) return value;
    if (typeof value === "string") return new TextEncoder().encode(value);
    throw invalid(`${where}.data[${at}]`, `is ${shown(value)}: BYTES takes strings and Uint8Arrays`);
  });
}

/** The bits of a Float16Array, which engines have since 2025. */
function halfBits(data: ArrayBufferView): Uint16Array | undefined {
  if (data.constructor.name !== "Float16Array") return undefined;
  return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
}

function invalid(where: string, problem: string): HoldfastError {
  return new HoldfastError("InvalidValue", `${where} ${problem}`, { details: { path: where } });
}
