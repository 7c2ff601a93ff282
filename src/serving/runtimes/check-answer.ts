import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { fits, portText } from "./check-feeds.js";
import type { ModelAnswer, ModelPort, ModelTensor } from "./model.js";
import { checkTensor } from "./tensor.js";

/**
 * What a function answered, held against what it declares. That it does not fit is the function's fault, not its caller's:
 * these are plain errors, as if it had thrown them.
 * @param declared undefined where it declares nothing
 * @param wanted   the outputs that were asked for; undefined: all
 * @returns those alone
 * @throws HoldfastError InvalidValue for an output that was asked for and that nobody declared, or gave
 */
export function checkAnswer(
  answer: unknown,
  declared: readonly ModelPort[] | undefined,
  wanted: readonly string[] | undefined,
): ModelAnswer & { outputs: Record<string, ModelTensor> } {
  const { outputs, parameters } = (answer ?? {}) as Partial<ModelAnswer>;
  if (typeof outputs !== "object" || outputs === null || Array.isArray(outputs)) {
    throw new Error(`run() answered ${shown(answer)} without outputs: return { outputs: { name: tensor } }`);
  }
  const names = wanted === undefined || wanted.length === 0 ? Object.keys(outputs) : wanted;
  const chosen: Record<string, ModelTensor> = {};
  for (const name of names) {
    const tensor = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    if (tensor === undefined) {
      const said = `no output "${name}": its outputs are ${Object.keys(outputs).join(", ")}`;
      // Where nothing is declared, only now is it known that the caller asked for what there is not.
      if (!declared) throw new HoldfastError("InvalidValue", `the model gave ${said}`, { details: { output: name } });
      throw new Error(`run() answered ${said}`);
    }
    const port = declared?.find((one) => one.name === name);
    try {
      checkTensor(`output "${name}"`, tensor);
    } catch (error) {
      throw new Error(`run() answered what is no tensor: ${(error as Error).message}`);
    }
    if (port && (port.dtype !== tensor.dtype || !fits(port.shape, tensor.shape))) {
      throw new Error(`run() answered "${name}" as ${tensor.dtype}[${tensor.shape}], but declares ${portText(port)}`);
    }
    chosen[name] = tensor;
  }
  return { outputs: chosen, ...(parameters === undefined ? {} : { parameters }) };
}
