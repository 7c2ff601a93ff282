import type { Chance } from "../clock.js";
import { healthy } from "./backoff.js";
import { add, recycle, remove, restartByHand, stopChild } from "./commands.js";
import { onFailure } from "./failure.js";
import { Line } from "./line.js";
import type { SupervisorAction, SupervisorEvent } from "./messages.js";
import { advance, end, endWithSignificant } from "./round.js";
import type { ChildRecord, Phase, SupervisorState } from "./state.js";
import type { Turn } from "./turn.js";
import { forget, put, start, stayDown } from "./turn.js";

export { initial } from "./state.js";

/**
 * A supervisor's every decision: what one event means now, and what the engine shall do about it. Reads no clock and no
 * random source, so the same events, times and seed give the same actions.
 *
 *   engine                     decide
 *     │── start ──────────────▶│
 *     │◀──────── start a ──────│
 *     │── ready a ────────────▶│
 *     │◀──────── start b ──────│   one at a time, in order; any other event may come between
 *     │── died a ─────────────▶│
 *     │◀──────── start a ──────│   or wait, or stop b first, or quarantined, or stop … stop, ended
 *
 * @param state is spent by the call (its Map is owned, see SupervisorState): go on with the returned one
 * @param now monotonic milliseconds
 * @throws InvalidSpec for "add" with an id that is taken; nothing has changed then
 */
export function decide(
  state: SupervisorState,
  event: SupervisorEvent,
  now: number,
  chance: Chance,
): { state: SupervisorState; actions: SupervisorAction[] } {
  const turn: Turn = { state: { ...state }, actions: [], now, chance };
  switch (state.phase.kind) {
    case "idle":
      whenIdle(turn, event);
      break;
    case "starting":
    case "up":
      whenAlive(turn, event);
      break;
    case "ending":
      whenEnding(turn, event);
      break;
    case "ended":
      break;
  }
  return { state: turn.state, actions: turn.actions };
}

/** Before the first start only the list of children can change. */
function whenIdle(turn: Turn, event: SupervisorEvent): void {
  const { children } = turn.state;
  if (event.type === "add") add(turn, event);
  else if (event.type === "remove" && children.has(event.id)) forget(turn, event.id);
  else if (event.type === "start") {
    const phase: Phase = { kind: "starting", owed: new Set(children.keys()) };
    turn.state = { ...turn.state, phase, round: { stop: new Line(), start: new Line([...children.keys()]) } };
    advance(turn);
  } else if (event.type === "stop") {
    end(turn, "stopped");
    advance(turn);
  }
}

function whenAlive(turn: Turn, event: SupervisorEvent): void {
  if (event.type === "start") return;
  if (event.type === "add") add(turn, event);
  else if (event.type === "stop") end(turn, "stopped");
  else if (event.type === "drain") drain(turn);
  else {
    const child = turn.state.children.get(event.id);
    if (!child) return;
    toldOfChild(turn, child, event);
  }
  advance(turn);
}

/**
 * Everything goes down: nothing is charged, nothing is started, and a child added now is told that it never will be.
 * Who asked for a removal waits for its "forget", so a child is forgotten as soon as it is down.
 */
function whenEnding(turn: Turn, event: SupervisorEvent): void {
  if (event.type === "add") turn.actions.push({ type: "forget", id: event.id });
  if (event.type === "add" || !("id" in event)) return;
  const child = turn.state.children.get(event.id);
  if (!child) return;
  if (event.type === "ready" && child.life === "starting") onReady(turn, event.id, child);
  else if (event.type === "remove") removeWhenDown(turn, event.id, child);
  else if (isDown(child, event)) {
    const down = put(turn, event.id, child, { life: "stopped" });
    if (down.goal === "gone") removeWhenDown(turn, event.id, down);
  }
  advance(turn);
}

function removeWhenDown(turn: Turn, id: string, child: ChildRecord): void {
  if (child.life === "stopped" || child.life === "quarantined") {
    turn.state.round?.stop.delete(id);
    forget(turn, id);
  } else put(turn, id, child, { goal: "gone" });
}

/** What is up finishes its work; what is on its way up is told too, and finds its mail still to be done. */
function drain(turn: Turn): void {
  for (const [id, child] of turn.state.children) {
    if (child.life === "running") put(turn, id, child, { life: "draining" });
    turn.actions.push({ type: "drain", id });
  }
}

type ChildEvent = Exclude<Extract<SupervisorEvent, { id: string }>, { type: "add" }>;

function toldOfChild(turn: Turn, child: ChildRecord, event: ChildEvent): void {
  switch (event.type) {
    case "ready":
      // Late after a stop action: it was told to stop and will say so.
      if (child.life === "starting") onReady(turn, event.id, child);
      return;
    case "start-failed":
    case "ignored":
    case "died":
    case "stopped":
      if (isDown(child, event)) onDown(turn, child, event);
      return;
    case "timer":
      if (child.life === "waiting") onTimer(turn, event.id, child);
      return;
    case "remove":
      remove(turn, event.id, child);
      return;
    case "stop-child":
      stopChild(turn, event.id, child);
      return;
    case "restart":
      restartByHand(turn, event.id, child);
      return;
    case "recycle":
      recycle(turn, event.id, child);
      return;
  }
}

function onReady(turn: Turn, id: string, child: ChildRecord): void {
  put(turn, id, child, { life: "running", readies: child.readies + 1, streak: healthy(child.streak, turn.now) });
}

/** Does this event say that the child, as we know it, has just gone down? Otherwise it is late or double. */
function isDown(child: ChildRecord, event: ChildEvent): boolean {
  switch (event.type) {
    case "start-failed":
    case "ignored":
      return child.life === "starting" || child.life === "stopping";
    case "died":
      return child.life === "running" || child.life === "draining" || child.life === "stopping";
    case "stopped":
      return child.life === "stopping";
    default:
      return false;
  }
}

type DownEvent = Extract<SupervisorEvent, { type: "start-failed" | "ignored" | "died" | "stopped" }>;

function onDown(turn: Turn, child: ChildRecord, event: DownEvent): void {
  const { round, phase, mode } = turn.state;
  const { id } = event;
  const { restart } = child.rules;
  const cleanEnd = event.type === "died" && event.normal;
  const wasStopping = child.life === "stopping";
  const wasToStop = round?.stop.delete(id) ?? false;
  if (wasStopping || wasToStop) {
    // It was told to stop, or was about to be: down is down, whatever the way, and nobody pays for it.
    const down = put(turn, id, child, { life: "stopped" });
    const endedForGood = !wasStopping && restart === "transient" && cleanEnd;
    if (down.goal === "gone") forget(turn, id);
    else if (down.goal === "down" || endedForGood) retire(turn, id, down);
    else if (!round?.start.has(id)) start(turn, id, down);
    return;
  }
  if (event.type === "stopped") return;
  if (event.type === "ignored") {
    // What follows a restart by hand is no first start any more.
    const origin = child.origin === "asked" ? "added" : child.origin;
    retire(turn, id, put(turn, id, child, { life: "stopped", origin }));
    return;
  }
  if (event.type === "start-failed") {
    if (child.origin === "asked" && child.readies === 0) {
      put(turn, id, child, { life: "stopped" });
      forget(turn, id);
    } else if (phase.kind === "starting" && mode === "rollback" && child.origin === "first" && child.readies === 0) {
      put(turn, id, child, { life: "stopped" });
      end(turn, "start-failed", event.error);
    } else if (restart === "temporary") forget(turn, id);
    else onFailure(turn, id, child, "start", event.error);
    return;
  }
  if (restart === "temporary" || (restart === "transient" && cleanEnd)) {
    retire(turn, id, put(turn, id, child, { life: "stopped" }));
    endWithSignificant(turn, child.rules);
  } else onFailure(turn, id, child, event.guilty ? "guilty" : "unknown", event.error);
}

/** It has ended and is not started again: listed for a restart by hand, or forgotten where nobody would ask for it. */
function retire(turn: Turn, id: string, child: ChildRecord): void {
  if (child.rules.restart === "temporary" || turn.state.rules.order === "none") forget(turn, id);
  else stayDown(turn, id, child);
}

/** A child of a round starts when its turn comes; any other at once. */
function onTimer(turn: Turn, id: string, child: ChildRecord): void {
  const down = put(turn, id, child, { life: "stopped" });
  if (!turn.state.round?.start.has(id)) start(turn, id, down);
}
