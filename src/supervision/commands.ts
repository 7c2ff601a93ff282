import type { SupervisorEvent } from "./messages.js";
import { noHistory } from "./shared-record.js";
import type { ChildRecord } from "./state.js";
import { newRecord, refuseSignificant, refuseTaken } from "./state.js";
import type { Turn } from "./turn.js";
import { cancelWait, forget, put, start, stayDown, stop } from "./turn.js";

/**
 * A child more, last in start order. Siblings under one-for-one owe each other nothing, so it starts at once; under the
 * group strategies it waits for its turn in a round.
 */
export function add(turn: Turn, { id, rules, onFailedStart }: Extract<SupervisorEvent, { type: "add" }>): void {
  const { children, phase, round, rules: own } = turn.state;
  refuseTaken(children, id);
  refuseSignificant(own, id, rules);
  const origin = onFailedStart === "forget" ? "asked" : "added";
  const child = newRecord(rules, phase.kind === "idle" ? "first" : origin);
  children.set(id, child);
  if (phase.kind === "idle") return;
  if (round && own.strategy !== "one-for-one") round.start.add(id);
  else start(turn, id, child);
}

export function remove(turn: Turn, id: string, child: ChildRecord): void {
  takeDown(turn, id, child, "gone");
}

/** A temporary child's rules are of no use once it is down, nor are a dynamic supervisor's (OTP forgets them too). */
export function stopChild(turn: Turn, id: string, child: ChildRecord): void {
  const forgotten = child.rules.restart === "temporary" || turn.state.rules.order === "none";
  takeDown(turn, id, child, forgotten ? "gone" : "down");
}

function takeDown(turn: Turn, id: string, child: ChildRecord, wanted: "down" | "gone"): void {
  const goal = child.goal === "gone" ? "gone" : wanted;
  const wasDown = child.goal === "down";
  switch (child.life) {
    case "starting":
    case "running":
    case "draining": {
      const marked = put(turn, id, child, { goal });
      // A round that will stop it keeps its order; afterwards the goal decides.
      if (!turn.state.round?.stop.has(id)) stop(turn, id, marked);
      return;
    }
    case "stopping":
      put(turn, id, child, { goal });
      return;
    case "waiting":
      cancelWait(turn, id, child);
      break;
    case "stopped":
    case "quarantined":
      break;
  }
  if (goal === "gone") forget(turn, id);
  else if (!wasDown) stayDown(turn, id, turn.state.children.get(id)!);
}

/**
 * By hand: a fresh start in every sense. What it does not survive parks it, as a first start does: who tries a broken child
 * must not lose its siblings.
 */
export function restartByHand(turn: Turn, id: string, child: ChildRecord): void {
  if (child.goal === "gone") return;
  const { round } = turn.state;
  const origin = child.origin === "asked" && child.readies > 0 ? "added" : child.origin;
  const fresh = put(turn, id, child, { goal: "up", origin, readies: 0, ...noHistory });
  const itsTurnComes = round?.start.has(id) ?? false;
  switch (fresh.life) {
    case "running":
    case "draining":
      if (!round?.stop.has(id)) stop(turn, id, fresh);
      return;
    case "starting":
    case "stopping":
      return;
    case "waiting": {
      const down = cancelWait(turn, id, fresh);
      if (!itsTurnComes) start(turn, id, down);
      return;
    }
    case "stopped":
    case "quarantined":
      if (!itsTurnComes) start(turn, id, fresh);
      return;
  }
}

/** Its goal stays: once it is down it is started again. One that a round will stop comes back with that round. */
export function recycle(turn: Turn, id: string, child: ChildRecord): void {
  if (child.goal === "up" && child.life === "running" && !turn.state.round?.stop.has(id)) stop(turn, id, child);
}
