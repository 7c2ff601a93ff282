import type { Clock } from "../clock.js";
import type { ToParent } from "../transport/frames.js";
import type { Running } from "./running.js";

type Done = Extract<ToParent, { t: "done" }>;

/** The end of a message that ran: what was to be kept of it goes along, and where it is traced its times. */
export function doneFrame(running: Running, outcome: Done["outcome"], clock: Clock): Done {
  const { state, events, since } = running;
  const { actor, incarnation, seq, trace } = running.call;
  const done: Done = { t: "done", actor, incarnation, seq, ran: true, outcome, state, events };
  if (trace !== undefined && since > 0) done.times = { began: since, ended: clock.now() };
  return done;
}
