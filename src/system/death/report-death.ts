import { HoldfastError, withoutStack } from "../../errors.js";
import type { Isolation } from "../../host/host.js";
import type { Tally } from "../../mailbox/tally.js";
import type { SystemContext } from "../context.js";
import type { UnitExit } from "../unit.js";
import type { Remains } from "./after-death.js";
import { BlackBox } from "./black-box.js";
import type { OpenReport } from "./death-log.js";
import { causeText, type DeathCause, type DeathReport } from "./report.js";

/** Who has died. */
type Deceased = Pick<DeathReport, "path" | "key" | "incarnation" | "together" | "standby">;

/** Opens the one report of a death. */
export function reportDeath(
  context: SystemContext,
  who: Deceased,
  isolation: Isolation,
  host: string,
  remains: Remains,
): OpenReport {
  const { cause, executing, answersLost, redelivered, failed, poisoned, at, wreck } = remains;
  const { path, key, incarnation, together, standby } = who;
  const lost = { executing, answersLost, redelivered, failed, poisoned };
  const facts = {
    path,
    key,
    incarnation,
    isolation,
    host,
    cause,
    ...(together ? { together } : {}),
    ...lost,
    ...(standby ? { standby } : {}),
  };
  const box = wreck && new BlackBox(wreck, context.clock.now());
  return context.deaths.open(facts, at, remains.report, box);
}

/** A death as an error, with what was thrown as its cause. */
export function deathError(path: string, cause: DeathCause): HoldfastError {
  const thrown = "error" in cause ? cause.error : undefined;
  const text = `${path}: ${causeText(cause)}`;
  return withoutStack(() => new HoldfastError("ActorDied", text, thrown ? { cause: thrown } : {}));
}

/** A decision goes into the report of the death, and a restart is counted with the cause that the report has. */
export function decidedOn(report: OpenReport | undefined, own: Tally): UnitExit["decided"] {
  return (decision) => {
    report?.decided(decision);
    if (report && decision === "restart") own.restarted(report.report.cause.kind);
  };
}

/** An actor's death as its supervisor hears of it. */
export function exitOf(path: string, { guilty, cause }: Remains, decided: UnitExit["decided"]): UnitExit {
  const normal = cause.kind === "stopped-itself";
  const others = cause.kind === "killed" || cause.kind === "unstored";
  return { guilty: guilty || others, normal, error: deathError(path, cause), decided };
}
