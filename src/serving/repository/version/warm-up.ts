import type { ModelDescription, ModelRequest, ModelTensor } from "../../runtimes/model.js";
import { zeroTensor } from "../../runtimes/zero-tensor.js";

/**
 * A request of zeros and empty texts, each open dimension 1: enough to make a runtime allocate and compile.
 * @returns undefined for a model that does not say what it takes, or takes what has no plain form
 */
export function zeros({ inputs }: ModelDescription): ModelRequest | undefined {
  if (inputs.length === 0) return undefined;
  const tensors: Record<string, ModelTensor> = {};
  for (const { name, dtype, shape: declared } of inputs) {
    const shape = declared.map((size) => (typeof size === "number" ? size : 1));
    const tensor = zeroTensor(dtype, shape);
    if (!tensor) return undefined;
    tensors[name] = tensor;
  }
  return { inputs: tensors };
}
