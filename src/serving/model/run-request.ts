import { HoldfastError, toError } from "../../errors.js";
import type { ModelAnswer, ModelPort, ModelRequest } from "../runtimes/model.js";
import { type ModelCall, readRequest } from "./read-request.js";

/** What runs a request: a model, or one sequence of it. */
export interface Runner {
  infer(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
}

/** Who asks for it, and under what. */
export interface RunPlace {
  readonly path: string;
  readonly inputs: readonly ModelPort[];
  readonly signal: AbortSignal;
}

/**
 * One request as a member answers it.
 * @throws HoldfastError InvalidValue: what does not fit the model, by name; HandlerFailed: the run failed; Refused, where a
 *   function refused
 */
export async function runRequest(runner: Runner, request: ModelCall, place: RunPlace): Promise<ModelAnswer> {
  const read = readRequest(place.inputs, request);
  try {
    return await runner.infer(read, place.signal);
  } catch (thrown) {
    if (thrown instanceof HoldfastError) throw thrown;
    const error = toError(thrown);
    const text = `${place.path}: the model threw ${error.name}: ${error.message}`;
    throw new HoldfastError("HandlerFailed", text, { cause: error });
  }
}
