import type { ChildState } from "./life.js";
import { Line } from "./line.js";
import type { EndReason } from "./messages.js";
import type { ChildRules } from "./spec.js";
import { affected, stopOrder } from "./strategy.js";
import type { Turn } from "./turn.js";
import { cancelWait, forget, put, start, stop } from "./turn.js";

/**
 * Does the next step of the round, if there is one to do now. Called after every event: it looks at what is, not at
 * what happened, so a child that died, was removed or came up on the way to its turn needs no case of its own.
 */
export function advance(turn: Turn): void {
  if (turn.state.phase.kind === "ended" || stopNext(turn)) return;
  const { phase } = turn.state;
  if (phase.kind === "ending") {
    turn.state = { ...turn.state, phase: { kind: "ended" }, round: undefined };
    if (turn.state.rules.order === "none") for (const id of [...turn.state.children.keys()]) forget(turn, id);
    turn.actions.push({ type: "ended", reason: phase.reason, ...(phase.error && { error: phase.error }) });
    return;
  }
  if (startNext(turn)) return;
  if (turn.state.round) turn.state = { ...turn.state, round: undefined };
  if (phase.kind === "starting" && phase.owed.size === 0) {
    turn.state = { ...turn.state, phase: { kind: "up" } };
    turn.actions.push({ type: "up" });
  }
}

/** True while a child of the round has to go down first. */
function stopNext(turn: Turn): boolean {
  const { round, children } = turn.state;
  for (let id = round?.stop.first; id !== undefined; id = round?.stop.first) {
    const child = children.get(id)!;
    if (child.life === "stopping") return true;
    if (isAlive(child.life)) {
      stop(turn, id, child);
      return true;
    }
    round!.stop.delete(id);
  }
  return false;
}

/** True while a child of the round has to come up before the next may start. */
function startNext(turn: Turn): boolean {
  const { round, children } = turn.state;
  for (let id = round?.start.first; id !== undefined; id = round?.start.first) {
    const child = children.get(id)!;
    switch (child.life) {
      case "starting":
      case "stopping":
        return true;
      case "stopped":
        if (child.goal !== "up") break;
        start(turn, id, child);
        return true;
      case "waiting":
        // A failed restart is waited for: the later ones were built on it. A failed first start holds nobody up
        // (in rollback mode it would have ended the supervisor).
        if (child.readies > 0) return true;
        break;
      case "running":
      case "draining":
      case "quarantined":
        break;
    }
    round!.start.delete(id);
  }
  return false;
}

/** A child died, is down or waits: those whom the strategy ties to it go down in stop order, then all start in order. */
export function groupRestart(turn: Turn, dead: string): void {
  const { rules, children, round } = turn.state;
  const members = affected(rules.strategy, children.keys(), dead);
  const stops: string[] = [];
  const starts: string[] = [];
  for (const [id, before] of children) {
    let child = before;
    if (members.has(id) && id !== dead) {
      // Temporary children are never started twice; one whose first turn is still to come keeps it.
      const wasStarted = isAlive(child.life);
      if (child.rules.restart === "temporary" && wasStarted) child = put(turn, id, child, { goal: "gone" });
      if (child.life === "waiting") child = cancelWait(turn, id, child);
    }
    const down = child.life === "stopped" || child.life === "waiting" || child.life === "quarantined";
    if ((members.has(id) || round?.stop.has(id)) && !down) stops.push(id);
    if ((members.has(id) || round?.start.has(id)) && child.goal === "up") starts.push(id);
  }
  turn.state = { ...turn.state, round: { stop: new Line(stopOrder(stops)), start: new Line(starts) } };
}

/**
 * Everything goes down, then the supervisor has ended: one after the other in stop order, or all at once where no order is
 * kept. The first reason stands.
 */
export function end(turn: Turn, reason: EndReason, error?: Error): void {
  const alive: string[] = [];
  for (const [id, child] of turn.state.children) {
    if (child.life === "waiting") cancelWait(turn, id, child);
    if (isAlive(child.life) || child.life === "stopping") alive.push(id);
  }
  const round = { stop: new Line(stopOrder(alive)), start: new Line() };
  turn.state = { ...turn.state, phase: { kind: "ending", reason, error }, round };
  if (turn.state.rules.order === "kept") return;
  for (const id of alive) {
    const child = turn.state.children.get(id)!;
    if (isAlive(child.life)) stop(turn, id, child);
  }
}

/**
 * A child has ended for good, by itself. Where it was significant the supervisor may have no reason left to be there:
 * with "any-significant" at once, with "all-significant" when no other significant child is left.
 */
export function endWithSignificant(turn: Turn, ended: ChildRules): void {
  const { rules, children } = turn.state;
  if (!ended.significant || rules.autoShutdown === "never") return;
  if (rules.autoShutdown === "all-significant") {
    for (const { life, rules: other } of children.values()) {
      if (other.significant && life !== "stopped" && life !== "quarantined") return;
    }
  }
  end(turn, "auto-shutdown");
}

function isAlive(life: ChildState): boolean {
  return life === "starting" || life === "running" || life === "draining";
}
