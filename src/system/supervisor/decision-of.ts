import type { SupervisorAction } from "../../supervision/messages.js";
import type { ChildRecord, Phase } from "../../supervision/state.js";
import type { DeathReport } from "../death/report.js";

/**
 * What a supervisor made of a death, in the words of its report: read off the state right after the decision.
 * @param child undefined when it was forgotten
 * @param stopAsked the supervisor was told to stop: then its end is nobody's failure
 */
export function decisionOf(
  child: Pick<ChildRecord, "life" | "goal"> | undefined,
  phase: Phase,
  stopAsked: boolean,
): DeathReport["decision"] {
  if (child?.life === "quarantined") return "quarantine";
  if (phase.kind === "ending" || phase.kind === "ended") return stopAsked ? "stop" : "escalate";
  return child?.goal === "up" ? "restart" : "stop";
}

/** A start and a stop of this child: performing one tells about the child's new state already. */
export function tellsOfItself(action: SupervisorAction, id: string): boolean {
  return (action.type === "start" || action.type === "stop") && action.id === id;
}
