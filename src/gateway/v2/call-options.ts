import type { CallOptions } from "../../actor/ref.js";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { LOWEST_RANK } from "../../protocol/priority.js";
import type { Parameters } from "../../protocol/v2/infer-request.js";

/** What a request's parameters say about its handling, and those that are the model's. */
export interface Handling {
  readonly options: CallOptions;
  /** Without those that only the server reads. */
  readonly parameters: Parameters;
}

/** Read by the server alone. Those of sequences are the model's too: it may have to begin anew. */
const ours = new Set(["timeout", "priority", "binary_data_output"]);

/**
 * The parameters of the schedule policy and sequence extensions as options of a call.
 *
 *   timeout      µs   ─▶ the deadline; 0: the default
 *   priority     1 is the highest ─▶ the call's rank: 1 is "high", 2 "normal", 3 "low", and so on; 0: the default
 *   sequence_id  a number or text ─▶ the key of the actor that keeps the sequence's state; 0 or "": no sequence
 *
 * @param stateful the model keeps a state per sequence; else a sequence is its caller's own affair
 * @throws HoldfastError InvalidValue naming the parameter, quoting the value
 */
export function handlingOf(parameters: Parameters, signal: AbortSignal, stateful: boolean): Handling {
  const timeout = whole(parameters, "timeout");
  const priority = whole(parameters, "priority");
  const key = sequenceOf(parameters);
  const rest = Object.entries(parameters).filter(([name]) => !ours.has(name));
  const options: CallOptions = { signal, sender: "v2" };
  if (timeout > 0) options.timeout = timeout / 1000;
  if (priority > 0) options.priority = Math.min(priority - 1, LOWEST_RANK);
  if (stateful && key === undefined) {
    throw invalid("sequence_id", parameters.sequence_id, "an id, since this model keeps a state for each sequence");
  }
  if (stateful) options.key = key!;
  return { options, parameters: Object.fromEntries(rest) };
}

function sequenceOf(parameters: Parameters): string | undefined {
  const { sequence_id: id = 0 } = parameters;
  const isNumber = typeof id === "number" && Number.isSafeInteger(id) && id >= 0;
  if (!isNumber && (typeof id !== "string" || id.length > LONGEST_ID)) {
    throw invalid("sequence_id", id, `a whole number, or text of at most ${LONGEST_ID} characters`);
  }
  const flags = ["sequence_start", "sequence_end"].filter((name) => {
    const flag = parameters[name];
    if (flag !== undefined && typeof flag !== "boolean") throw invalid(name, flag, "true or false");
    return flag === true;
  });
  // Text is a key of its own: the number 7 and the text "7" are one sequence, as they are in a log.
  if (id !== 0 && id !== "") return String(id);
  if (flags.length > 0) throw invalid("sequence_id", parameters.sequence_id, `an id, since ${flags[0]} is set`);
  return undefined;
}

const LONGEST_ID = 128;

/** Many digits arrive as text, so that none is lost. */
function whole(parameters: Parameters, name: string): number {
  const value = parameters[name] ?? 0;
  const number = typeof value === "string" && /^\d{16,20}$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0) return number;
  throw invalid(name, value, "a whole number >= 0");
}

function invalid(name: string, value: unknown, wanted: string): HoldfastError {
  const path = `parameters.${name}`;
  return new HoldfastError("InvalidValue", `${path} is ${shown(value)}: give ${wanted}`, { details: { path } });
}
