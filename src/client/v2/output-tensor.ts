import { HoldfastError } from "../../errors.js";
import type { Datatype } from "../../protocol/v2/datatypes.js";
import type { V2Tensor } from "../../protocol/v2/infer-request.js";
import { bf16, fp16 } from "../../protocol/v2/small-floats.js";

/** What holds the elements of an output, by its datatype. */
export interface V2Arrays {
  /** 0 or 1. */
  BOOL: Uint8Array;
  UINT8: Uint8Array;
  UINT16: Uint16Array;
  UINT32: Uint32Array;
  UINT64: BigUint64Array;
  INT8: Int8Array;
  INT16: Int16Array;
  INT32: Int32Array;
  INT64: BigInt64Array;
  /** As float32, which holds every half exactly. */
  FP16: Float32Array;
  FP32: Float32Array;
  FP64: Float64Array;
  /** As float32, of which it is the upper half. */
  BF16: Float32Array;
  /** As text. */
  BYTES: readonly string[];
}

/** The same with `raw`: FP16 and BF16 by their bits, BYTES as they are. */
export interface V2RawArrays extends Omit<V2Arrays, "FP16" | "BF16" | "BYTES"> {
  FP16: Uint16Array;
  BF16: Uint16Array;
  BYTES: readonly Uint8Array[];
}

/** An output: `datatype` tells what `data` is. */
export type V2Output<Arrays extends Record<Datatype, unknown> = V2Arrays, D extends Datatype = Datatype> = {
  [Name in D]: { readonly datatype: Name; readonly shape: readonly number[]; readonly data: Arrays[Name] };
}[D];

/**
 * An output as its caller gets it.
 * @throws HoldfastError InvalidValue: BYTES that are no text
 */
export function outputTensor(tensor: V2Tensor, raw: boolean): V2Output | V2Output<V2RawArrays> {
  const { name, datatype, shape, data } = tensor;
  const shaped = (elements: unknown) => ({ datatype, shape, data: elements }) as V2Output;
  if (raw) return shaped(data);
  if (datatype === "FP16") return shaped(Float32Array.from(data as Uint16Array, fp16.toNumber));
  if (datatype === "BF16") return shaped(Float32Array.from(data as Uint16Array, bf16.toNumber));
  if (datatype === "BYTES") return shaped((data as readonly Uint8Array[]).map((bytes, at) => textOf(bytes, name, at)));
  return shaped(data);
}

/** Bytes that are no UTF-8 would come out as U+FFFD, which nobody notices. */
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array, name: string, at: number): string {
  try {
    return strict.decode(bytes);
  } catch {
    const message = `outputs.${name}.data[${at}] is no UTF-8: take it as bytes, with the option raw`;
    throw new HoldfastError("InvalidValue", message, { details: { path: `outputs.${name}.data[${at}]` } });
  }
}
