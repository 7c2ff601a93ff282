import { elementsOf, isDtype, layouts } from "../../protocol/dtypes.js";
import type { ModelTensor } from "./model.js";

/** Zeros, or empty texts, of a port's element type; undefined for a type that has no plain form. */
export function zeroTensor(dtype: string, shape: readonly number[]): ModelTensor | undefined {
  const count = elementsOf(shape);
  if (dtype === "string") return { dtype, shape, data: Array<string>(count).fill("") };
  if (!isDtype(dtype)) return undefined;
  const { bytes, make } = layouts[dtype];
  return { dtype, shape, data: new make(new ArrayBuffer(count * bytes)) };
}
