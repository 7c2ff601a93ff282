import type { Clock } from "../../clock.js";
import { toError } from "../../errors.js";
import { toWireError } from "../../protocol/wire-error.js";
import type { ServedModels } from "../../serving/repository/served-models.js";

/** So often a line comes at least: a proxy or client that hears nothing for minutes gives up. */
const LINE_MS = 5000;

/** One line of JSON. */
type Line = (value: object) => void;

/**
 * Does something with a model, and tells its events meanwhile, one a line:
 *
 *   {"type":"phase",…}  {"type":"state",…}  {"type":"progress",…}   the last: {"type":"swapped",…}, {"type":"done"} or {"type":"error",…}
 *
 * Whoever goes away meanwhile ends nothing.
 * @returns the error that it has told, if it did
 * @throws HoldfastError (rejects) what the act rejects with before the first line
 */
export async function tellSteps(
  { models, clock }: { readonly models: ServedModels; readonly clock: Clock },
  name: string,
  act: () => Promise<object | void>,
  write: Line,
): Promise<Error | undefined> {
  let lines = 0;
  const line = (value: object) => {
    lines++;
    write(value);
  };
  const end = models.watch((event) => {
    if (event.name === name && event.type !== "swapped") line(event);
  });
  const beat = () => {
    timer = clock.after(LINE_MS, beat, { background: true });
    try {
      const { state, reason } = models.readiness(name);
      line({ type: "progress", name, state, ...(reason === undefined ? {} : { reason }) });
    } catch {
      // There is no such model, or no longer: act() says so.
    }
  };
  let timer = clock.after(LINE_MS, beat, { background: true });
  try {
    const outcome = await act();
    line(outcome ? { type: "swapped", ...outcome } : { type: "done", name });
    return undefined;
  } catch (error) {
    if (lines === 0) throw error;
    const told = toError(error);
    line({ type: "error", error: toWireError(told) });
    return told;
  } finally {
    timer.cancel();
    end();
  }
}
