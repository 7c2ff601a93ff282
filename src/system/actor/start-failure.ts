import { HoldfastError, toError } from "../../errors.js";
import type { Remains } from "../death/after-death.js";
import type { Wreck } from "../death/black-box.js";
import type { DeathCause } from "../death/report.js";

export function tookTooLong(path: string, ms: number): HoldfastError {
  return new HoldfastError("StartFailed", `${path}: start() was not done within ${ms} ms (startTimeout)`);
}

/** These say of themselves what is wrong with a start; any other error is what start() or restore() met on its way. */
const ofStarts: readonly string[] = ["StartFailed", "InvalidSpec", "StateRefused", "StoreDamaged", "StoreFailed"];

/** What whoever waits for a start is told: a code, and what start() or restore() threw as its cause. */
export function couldNotStart(path: string, thrown: unknown): HoldfastError {
  const error = toError(thrown);
  if (error instanceof HoldfastError && ofStarts.includes(error.code)) return error;
  return new HoldfastError("StartFailed", `${path} could not start: ${error.message}`, { cause: error });
}

export function tookItsPlace(path: string): HoldfastError {
  return new HoldfastError("StartFailed", `${path}: another start took the place of this one`);
}

export function stoppedBefore(path: string): HoldfastError {
  return new HoldfastError("StartFailed", `${path} was stopped before it had started`);
}

/** Why one that answered `ignore` takes no mail. */
export function nothingToDo(path: string): HoldfastError {
  return new HoldfastError(
    "ActorStopped",
    `${path} did not start: its start() answered ignore; restart it by hand when there is something to do`,
  );
}

/** Of who may not answer `ignore`: others send it mail and count on it. */
export function mustServe(path: string, what: string): HoldfastError {
  return new HoldfastError(
    "StartFailed",
    `${path}: its start() answered ignore, and ${what} has to serve: throw an error that says why it cannot`,
  );
}

/**
 * A start that failed, as the death it is: nothing was with it.
 * @param wreck where it was to begin; undefined where its host was not ready
 */
export function startFailed(thrown: unknown, wreck: Wreck | undefined): Remains {
  const cause = { kind: "start-failed", error: toError(thrown) } as const;
  const nothing = { executing: [], answersLost: [], redelivered: 0, failed: 0, poisoned: 0 };
  return { cause, at: undefined, guilty: false, ...nothing, wreck };
}

/** A start that took too long ends for that reason, whatever else went with it. */
export function endedAtStart(path: string, cause: DeathCause): Error {
  if (cause.kind === "start-failed") return cause.error;
  return new HoldfastError("StartFailed", `${path}: its host ended while it was starting`);
}
