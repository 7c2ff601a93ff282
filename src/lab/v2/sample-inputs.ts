import { elementsOf } from "../../protocol/dtypes.js";
import { arrayOf, isDatatype, widthOf } from "../../protocol/v2/datatypes.js";
import type { V2Tensor } from "../../protocol/v2/infer-request.js";
import type { Port } from "./subject.js";

/** Larger than any that a check should send: something is wrong with the metadata. */
const MOST_ELEMENTS = 2 ** 24;

/**
 * What varies is tried with these, the first that a model takes is kept: 1 is enough for most, convolutions need more, and
 * images are often of 224 or 320.
 */
export const trySizes: readonly number[] = [1, 2, 8, 32, 48, 64, 224, 320];

/**
 * Inputs made from a model's metadata: zeros, which are a place of every table; "0" for BYTES. Pure.
 * @param size of dimensions that vary, but for the outermost, which is a batch of one
 * @returns undefined where the metadata leave open what a tensor is
 */
export function sampleInputs(ports: readonly Port[], size: number): readonly V2Tensor[] | undefined {
  const tensors = ports.map(({ name, datatype, shape }): V2Tensor | undefined => {
    const dims = shape.map((dim, at) => (dim >= 0 ? dim : at === 0 ? 1 : size));
    const count = elementsOf(dims);
    if (!isDatatype(datatype) || count > MOST_ELEMENTS) return undefined;
    if (datatype === "BYTES") {
      return { name, datatype, shape: dims, data: Array.from({ length: count }, () => new Uint8Array([0x30])) };
    }
    return { name, datatype, shape: dims, data: new (arrayOf(datatype))(new ArrayBuffer(count * widthOf(datatype)!)) };
  });
  return tensors.every((tensor) => tensor !== undefined) && tensors.length > 0 ? tensors : undefined;
}
