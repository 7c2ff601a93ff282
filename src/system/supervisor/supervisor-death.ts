import { HoldfastError } from "../../errors.js";
import type { SystemContext } from "../context.js";
import type { OpenReport } from "../death/death-log.js";
import type { UnitExit } from "../unit.js";

/** The one report of a supervisor that gave up: it died as its children do, and is restarted as they are. */
export function supervisorDied(context: SystemContext, path: string, incarnation: number, error: Error): OpenReport {
  return context.deaths.open(
    {
      path,
      key: undefined,
      incarnation,
      isolation: "inline",
      host: "inline",
      cause: { kind: "gave-up", error },
      executing: [],
      answersLost: [],
      redelivered: 0,
      failed: 0,
      poisoned: 0,
    },
    undefined,
  );
}

/** A clean end: the significant children have done what the supervisor was there for. */
export function endedByItself(path: string): UnitExit {
  const error = new HoldfastError("ActorStopped", `${path} ended with its significant children`);
  return { guilty: false, normal: true, error, decided: () => {} };
}
