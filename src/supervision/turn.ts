import type { Chance } from "../clock.js";
import { next } from "./life.js";
import type { SupervisorAction } from "./messages.js";
import { shared } from "./shared-record.js";
import type { ChildRecord, SupervisorState } from "./state.js";

/** One decision in the making: the state as it becomes, and the actions given until now. */
export interface Turn {
  state: SupervisorState;
  readonly actions: SupervisorAction[];
  readonly now: number;
  readonly chance: Chance;
}

/** Writes a change of one child; its life only goes where the table of life.ts allows. */
export function put(turn: Turn, id: string, child: ChildRecord, change: Partial<ChildRecord>): ChildRecord {
  if (change.life !== undefined) next(id, child.life, change.life);
  const changed = shared({ ...child, ...change });
  turn.state.children.set(id, changed);
  keepOwed(turn.state, id, changed);
  return changed;
}

export function start(turn: Turn, id: string, child: ChildRecord): void {
  put(turn, id, child, { life: "starting" });
  turn.actions.push({ type: "start", id });
}

export function stop(turn: Turn, id: string, child: ChildRecord): void {
  put(turn, id, child, { life: "stopping" });
  turn.actions.push({ type: "stop", id, shutdown: child.rules.shutdown });
}

export function cancelWait(turn: Turn, id: string, child: ChildRecord): ChildRecord {
  turn.actions.push({ type: "cancel-wait", id });
  return put(turn, id, child, { life: "stopped" });
}

/** The child, which has nothing running, is down and stays so until a restart by hand. */
export function stayDown(turn: Turn, id: string, child: ChildRecord): void {
  const life = child.life === "stopped" ? {} : ({ life: "stopped" } as const);
  put(turn, id, child, { ...life, goal: "down" });
  turn.actions.push({ type: "down", id });
}

/** The child, which is down, leaves the table. */
export function forget(turn: Turn, id: string): void {
  const { children, phase, round } = turn.state;
  children.delete(id);
  round?.start.delete(id);
  if (phase.kind === "starting") phase.owed.delete(id);
  turn.actions.push({ type: "forget", id });
}

/** "up" waits for every child of the first start that should run and does not; in the background, that has not tried. */
function keepOwed({ phase, mode }: SupervisorState, id: string, child: ChildRecord): void {
  if (phase.kind !== "starting" || child.origin !== "first") return;
  const untried = child.readies === 0 && child.streak.failures === 0;
  // One that came up and drains has come up.
  const serves = child.life === "running" || child.life === "draining";
  const owed = child.goal === "up" && (mode === "rollback" ? !serves : untried);
  if (owed) phase.owed.add(id);
  else phase.owed.delete(id);
}
