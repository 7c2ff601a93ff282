import { noStreak } from "./backoff.js";
import type { ChildRules } from "./spec.js";
import type { ChildRecord } from "./state.js";
import { newRecord, refuseTaken } from "./state.js";
import type { Turn } from "./turn.js";
import { cancelWait, forget, put, start, stop } from "./turn.js";

/**
 * A child more, last in start order. Siblings under one-for-one owe each other nothing, so it starts at once; under the
 * group strategies it waits for its turn in a round. A first start that fails is retried with back-off, and parked when
 * over budget: whoever wants OTP's answer (a failed start_child leaves nothing behind) sends "remove" on the failure.
 */
export function add(turn: Turn, rules: ChildRules): void {
  const { children, phase, round, rules: own } = turn.state;
  refuseTaken(children, rules.id);
  const child = newRecord(rules, phase.kind === "idle" ? "first" : "added");
  children.set(rules.id, child);
  if (phase.kind === "idle") return;
  if (round && own.strategy !== "one-for-one") round.start.add(rules.id);
  else start(turn, child);
}

export function remove(turn: Turn, child: ChildRecord): void {
  takeDown(turn, child, "gone");
}

/** A temporary child's rules are of no use once it is down (OTP forgets them too). */
export function stopChild(turn: Turn, child: ChildRecord): void {
  takeDown(turn, child, child.rules.restart === "temporary" ? "gone" : "down");
}

function takeDown(turn: Turn, child: ChildRecord, wanted: "down" | "gone"): void {
  const goal = child.goal === "gone" ? "gone" : wanted;
  const { id } = child.rules;
  switch (child.life) {
    case "starting":
    case "running":
    case "draining": {
      const marked = put(turn, child, { goal });
      // A round that will stop it keeps its order; afterwards the goal decides.
      if (!turn.state.round?.stop.has(id)) stop(turn, marked);
      return;
    }
    case "stopping":
      put(turn, child, { goal });
      return;
    case "waiting":
      put(turn, cancelWait(turn, child), { goal });
      break;
    case "stopped":
    case "quarantined":
      put(turn, child, { goal });
      break;
  }
  if (goal === "gone") forget(turn, id);
}

/** By hand: a fresh start in every sense. */
export function restartByHand(turn: Turn, child: ChildRecord): void {
  if (child.goal === "gone") return;
  const { round } = turn.state;
  const { id } = child.rules;
  const fresh = put(turn, child, { goal: "up", unknown: [], guilty: [], streak: noStreak });
  const itsTurnComes = round?.start.has(id) ?? false;
  switch (fresh.life) {
    case "running":
    case "draining":
      if (!round?.stop.has(id)) stop(turn, fresh);
      return;
    case "starting":
    case "stopping":
      return;
    case "waiting": {
      const down = cancelWait(turn, fresh);
      if (!itsTurnComes) start(turn, down);
      return;
    }
    case "stopped":
    case "quarantined":
      if (!itsTurnComes) start(turn, fresh);
      return;
  }
}
