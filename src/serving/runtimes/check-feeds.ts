import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { CheckOptions, ModelPort, ModelTensor } from "./model.js";
import { checkTensor } from "./tensor.js";

/**
 * Compares what is fed with what the model declares, before any native code sees it.
 * @throws HoldfastError InvalidValue naming the input, what was found and what is wanted
 */
export function checkFeeds(
  inputs: readonly ModelPort[],
  feeds: Readonly<Record<string, ModelTensor>>,
  { nan = "allow", dims = "agree" }: { readonly [K in keyof CheckOptions]: CheckOptions[K] | undefined } = {},
): void {
  if (typeof feeds !== "object" || feeds === null || Array.isArray(feeds)) {
    throw new HoldfastError(
      "InvalidValue",
      `the inputs are ${shown(feeds)}: give an object of tensors by name, { ${inputs.map(({ name }) => name).join(", ")} }`,
    );
  }
  for (const name of Object.keys(feeds)) {
    if (!inputs.some((port) => port.name === name)) {
      throw invalid(`the model has no input "${name}": its inputs are ${inputs.map(portText).join(", ")}`, name);
    }
  }
  const sizes: Sizes = new Map();
  for (const port of inputs) {
    if (!Object.hasOwn(feeds, port.name)) throw invalid(`input ${portText(port)} is missing`, port.name);
    const tensor = feeds[port.name]!;
    checkTensor(`input "${port.name}"`, tensor);
    if (tensor.dtype !== port.dtype) {
      throw invalid(`input "${port.name}" is ${tensor.dtype}: the model wants ${portText(port)}`, port.name);
    }
    if (!fits(port.shape, tensor.shape)) {
      throw invalid(
        `input "${port.name}" has shape [${tensor.shape.join(", ")}]: the model wants ${portText(port)}`,
        port.name,
      );
    }
    if (dims === "agree") agree(port, tensor.shape, sizes);
    if (nan === "refuse") refuseNaN(port.name, tensor);
  }
}

/** Sizes by their names, with the input that was the first to say one. */
type Sizes = Map<string, { readonly size: number; readonly input: string }>;

function agree(port: ModelPort, shape: readonly number[], sizes: Sizes): void {
  for (const [place, dim] of port.shape.entries()) {
    if (typeof dim !== "string" || !isName(dim)) continue;
    const size = shape[place]!;
    const known = sizes.get(dim);
    if (!known) sizes.set(dim, { size, input: port.name });
    else if (known.size !== size) {
      const where = known.input === port.name ? "elsewhere in it" : `in input "${known.input}"`;
      throw invalid(
        `input "${port.name}" has shape [${shape.join(", ")}], where ${dim} is ${size}, and ${known.size} ${where}: ` +
          `the model wants ${portText(port)}`,
        port.name,
      );
    }
  }
}

/** Exporters also write "?", "-1" or "None" where they know no name. */
function isName(dim: string): boolean {
  return /^[\p{L}_]/u.test(dim) && !/^(none|unknown|dynamic|unk)$/i.test(dim);
}

function refuseNaN(name: string, { dtype, data }: ModelTensor): void {
  let place = -1;
  if (dtype === "float32" || dtype === "float64") place = (data as Float32Array).findIndex(Number.isNaN);
  else if (dtype === "float16") place = (data as Uint16Array).findIndex((bits) => (bits & 0x7fff) > 0x7c00);
  if (place >= 0) throw invalid(`input "${name}" has NaN as element ${place}, which is refused here`, name);
}

/** Whether a shape is one that was declared: as many dimensions, and the sizes that are said. */
export function fits(declared: ModelPort["shape"], shape: readonly number[]): boolean {
  return declared.length === shape.length && declared.every((dim, i) => typeof dim !== "number" || dim === shape[i]);
}

/** `"x" float32[?, 3, 48, width]` */
export function portText({ name, dtype, shape }: ModelPort): string {
  return `"${name}" ${dtype}[${shape.map((dim) => dim ?? "?").join(", ")}]`;
}

function invalid(message: string, input: string): HoldfastError {
  return new HoldfastError("InvalidValue", message, { details: { input } });
}
