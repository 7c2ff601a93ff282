import { HoldfastError } from "../errors.js";
import { failed, pause } from "./backoff.js";
import type { Intensity } from "./intensity.js";
import { charge } from "./intensity.js";
import { end, groupRestart } from "./round.js";
import type { ChildRecord } from "./state.js";
import type { Turn } from "./turn.js";
import { put, start } from "./turn.js";

/** What happened to a child that is to be restarted. */
export type Failure =
  /** A death charged to the message that was executing. */
  | "guilty"
  /** A death that nobody is known to be guilty of. */
  | "unknown"
  | "start";

/**
 * Whose budget pays, and what follows:
 *
 *   failure ─▶ the child's budget ──over──▶ quarantine: parked, siblings go on │ escalate: gave-up
 *                   │ within               (first starts only ever quarantine)
 *                   ▼
 *              the supervisor's budget ──over──▶ gave-up
 *                   │ within        (guilty deaths and first starts are not charged here)
 *                   ▼
 *              restart after the back-off's pause (guilty deaths: at once)
 *
 *   a start that its stored state forbids ──▶ quarantine, whatever the budgets: it would fail again, and only somebody's hand,
 *                                             or newer code, can mend that
 *
 * A child over its own budget is not charged to the supervisor: it is not restarted, and one bad child must not use up
 * what its siblings may need. Guilty deaths have an allowance per child only, so that bad input sent to one child can
 * park that child and never reaches the others.
 */
export function onFailure(turn: Turn, id: string, child: ChildRecord, failure: Failure, error: Error): void {
  if (failure === "start" && isFinal(error)) {
    park(turn, id, child, stateError(id, error));
    return;
  }
  const { rules } = child;
  const guilty = failure === "guilty";
  const firstStart = child.readies === 0;
  const budget = guilty ? rules.guiltyIntensity : rules.intensity;
  const own = charge(guilty ? child.guilty : child.unknown, budget, turn.now);
  const charged = put(turn, id, child, guilty ? { guilty: own.charges } : { unknown: own.charges });
  if (own.over) {
    overOwnBudget(turn, id, charged, failure, error);
    return;
  }
  if (!guilty && !firstStart) {
    const { charges, over } = charge(turn.state.charges, turn.state.rules.intensity, turn.now);
    turn.state = { ...turn.state, charges };
    if (over) {
      put(turn, id, charged, { life: "stopped" });
      end(turn, "gave-up", gaveUp("the supervisor", turn.state.rules.intensity, id, error));
      return;
    }
  }
  restart(turn, id, charged, failure);
}

function restart(turn: Turn, id: string, child: ChildRecord, failure: Failure): void {
  const { backoff } = child.rules;
  // A guilty death is the message's fault: the child's own record, and the pause that grows with it, stay as they are.
  const streak =
    failure === "guilty"
      ? child.streak
      : failed(child.streak, failure === "start" ? "start" : "death", backoff, turn.now);
  const ms = failure === "guilty" ? 0 : pause(backoff, streak.failures, turn.chance);
  // Siblings started before a failed start are fresh and have never met this child: they stay up while it is retried.
  const group = failure !== "start" && turn.state.rules.strategy !== "one-for-one";
  if (ms > 0) {
    put(turn, id, child, { streak, life: "waiting" });
    turn.actions.push({ type: "wait", id, ms });
  } else {
    const down = put(turn, id, child, { streak, life: "stopped" });
    if (!group) start(turn, id, down);
  }
  if (group) groupRestart(turn, id);
}

function overOwnBudget(turn: Turn, id: string, child: ChildRecord, failure: Failure, error: Error): void {
  const { rules } = turn.state;
  const { intensity, guiltyIntensity } = child.rules;
  const budget = failure === "guilty" ? guiltyIntensity : intensity;
  const chosen = child.rules.overBudget ?? (failure === "guilty" ? rules.guiltyOverBudget : rules.overBudget);
  if (child.readies === 0 || chosen === "quarantine") {
    park(turn, id, child, quarantineError(id, budget, failure, error));
    return;
  }
  put(turn, id, child, { life: "stopped" });
  end(turn, "gave-up", gaveUp(`child ${JSON.stringify(id)}`, budget, id, error));
}

function park(turn: Turn, id: string, child: ChildRecord, parked: HoldfastError): void {
  const { phase, mode } = turn.state;
  if (mode === "rollback" && phase.kind === "starting" && child.origin === "first") {
    // Parking it would end in an "up" that is not true: whoever waits for this start was promised every child.
    put(turn, id, child, { life: "stopped" });
    end(turn, "start-failed", parked);
    return;
  }
  put(turn, id, child, { life: "quarantined", goal: "down" });
  turn.actions.push({ type: "quarantined", id, error: parked });
}

function gaveUp(whose: string, budget: Intensity, id: string, cause: Error): HoldfastError {
  return new HoldfastError(
    "GaveUp",
    `${whose} is over its budget of ${budgetText(budget)}, the last for ${JSON.stringify(id)}: ${cause.message}. ` +
      'Mend the cause, raise the intensity, or choose overBudget: "quarantine" to park one child and keep the rest',
    { cause, details: { id, restarts: budget.restarts, withinMs: budget.withinMs } },
  );
}

function quarantineError(id: string, budget: Intensity, failure: Failure, cause: Error): HoldfastError {
  const what = failure === "guilty" ? "deaths charged to its messages" : "deaths and failed starts";
  return new HoldfastError(
    "Unavailable",
    // The cause first: in a terminal the end of a line is cut off.
    `quarantined: ${cause.message} (child ${JSON.stringify(id)} had more ${what} than its budget of ` +
      `${budgetText(budget)}). Mend the cause, then restart it by hand`,
    { cause, details: { id, restarts: budget.restarts, withinMs: budget.withinMs } },
  );
}

/** Another start would find the same state. */
function isFinal(error: Error): boolean {
  return error instanceof HoldfastError && (error.code === "StateRefused" || error.code === "StoreDamaged");
}

function stateError(id: string, cause: Error): HoldfastError {
  const text =
    `quarantined: ${cause.message} (child ${JSON.stringify(id)} was not tried again). ` +
    "Mend the cause, or let go of what is stored with app.forget(path), then app.restart(path)";
  return new HoldfastError("Unavailable", text, { cause, details: { id } });
}

function budgetText(budget: Intensity): string {
  return `${budget.restarts} restarts within ${budget.withinMs} ms`;
}
