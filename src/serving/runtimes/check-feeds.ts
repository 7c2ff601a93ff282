import { HoldfastError } from "../../errors.js";
import type { Tensor } from "../../protocol/dtypes.js";
import type { ModelPort } from "./model.js";
import { checkTensor } from "./tensor.js";

/**
 * Compares what is fed with what the model declares, before any native code sees it.
 * @throws HoldfastError InvalidValue naming the input, what was found and what is wanted
 */
export function checkFeeds(inputs: readonly ModelPort[], feeds: Readonly<Record<string, Tensor>>): void {
  for (const name of Object.keys(feeds)) {
    if (!inputs.some((port) => port.name === name)) {
      throw invalid(`the model has no input "${name}": its inputs are ${inputs.map(describe).join(", ")}`, name);
    }
  }
  for (const port of inputs) {
    if (!Object.hasOwn(feeds, port.name)) throw invalid(`input ${describe(port)} is missing`, port.name);
    const tensor = feeds[port.name]!;
    checkTensor(port.name, tensor);
    if (tensor.dtype !== port.dtype) {
      throw invalid(`input "${port.name}" is ${tensor.dtype}: the model wants ${describe(port)}`, port.name);
    }
    if (!fits(port.shape, tensor.shape)) {
      throw invalid(
        `input "${port.name}" has shape [${tensor.shape.join(", ")}]: the model wants ${describe(port)}`,
        port.name,
      );
    }
  }
}

function fits(declared: ModelPort["shape"], shape: readonly number[]): boolean {
  return declared.length === shape.length && declared.every((dim, i) => typeof dim !== "number" || dim === shape[i]);
}

/** `"x" float32[?, 3, 48, width]` */
function describe({ name, dtype, shape }: ModelPort): string {
  return `"${name}" ${dtype}[${shape.map((dim) => dim ?? "?").join(", ")}]`;
}

function invalid(message: string, input: string): HoldfastError {
  return new HoldfastError("InvalidValue", message, { details: { input } });
}
