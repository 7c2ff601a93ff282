import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { ModelPort } from "./model.js";

/**
 * The names of the outputs that are wanted: all that the model has where none is named.
 * @throws HoldfastError InvalidValue naming one that the model does not have, or that is named twice
 */
export function wantedOutputs(declared: readonly ModelPort[], wanted: readonly string[] | undefined): string[] {
  const known = declared.map(({ name }) => name);
  if (wanted === undefined) return known;
  if (!Array.isArray(wanted)) {
    throw new HoldfastError("InvalidValue", `outputs is ${shown(wanted)}: give a list of names (${known.join(", ")})`);
  }
  if (wanted.length === 0) return known;
  for (const [place, name] of wanted.entries()) {
    if (!known.includes(name)) {
      throw invalid(`the model has no output ${shown(name)}: its outputs are ${known.join(", ")}`, name);
    }
    if (wanted.indexOf(name) < place) throw invalid(`output ${shown(name)} is asked for twice`, name);
  }
  return [...wanted];
}

function invalid(message: string, output: unknown): HoldfastError {
  return new HoldfastError("InvalidValue", message, { details: { output: String(output).slice(0, 80) } });
}
