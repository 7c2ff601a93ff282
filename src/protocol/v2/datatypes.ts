import { type Dtype, layouts, type TensorData } from "../dtypes.js";

/** Element types by the names of the Open Inference Protocol (V2). */
export type Datatype =
  | "BOOL"
  | "UINT8"
  | "UINT16"
  | "UINT32"
  | "UINT64"
  | "INT8"
  | "INT16"
  | "INT32"
  | "INT64"
  | "FP16"
  | "FP32"
  | "FP64"
  | "BF16"
  | "BYTES";

/** V2's name of each element type that a model here can have. */
export const datatypeOf: Readonly<Record<Dtype, Datatype>> = {
  bool: "BOOL",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
  bfloat16: "BF16",
};

const dtypeOf = Object.fromEntries(Object.entries(datatypeOf).map(([dtype, name]) => [name, dtype])) as Readonly<
  Record<Exclude<Datatype, "BYTES">, Dtype>
>;

/** All names. */
export const datatypes: readonly Datatype[] = [...Object.values(datatypeOf), "BYTES"];

export function isDatatype(name: unknown): name is Datatype {
  return typeof name === "string" && (datatypes as readonly string[]).includes(name);
}

/** The element type here; BYTES is "string" at a model. */
export function dtypeFor(datatype: Exclude<Datatype, "BYTES">): Dtype {
  return dtypeOf[datatype];
}

/** Elements of a tensor as they lie in memory: FP16 and BF16 by their bits, BYTES as a list. */
export type Elements = TensorData | readonly Uint8Array[];

/** Bytes of one element; undefined for BYTES, of which each has its own length. */
export function widthOf(datatype: Datatype): number | undefined {
  return datatype === "BYTES" ? undefined : layouts[dtypeOf[datatype]].bytes;
}

/** What holds them. */
export function arrayOf(datatype: Exclude<Datatype, "BYTES">): new (buffer: ArrayBuffer) => TensorData {
  return layouts[dtypeOf[datatype]].make;
}
