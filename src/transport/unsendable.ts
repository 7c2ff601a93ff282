import { monotonicNow } from "../clock.js";
import { HoldfastError, messageOf } from "../errors.js";
import { encodeError, type WireError } from "./error-codec.js";
import type { ToHost, ToParent } from "./frames.js";

/*
 * pack() refuses what cannot be cloned, with its path. What it cannot see without reading everything twice (a function
 * hung on an array, a getter that throws the second time) fails only when the frame is posted. Then nobody may hang
 * and no program may end for it: the frame is answered in place of whom it never reached.
 */

/** What the parent hears instead of the host's answer to a frame that could not be posted. */
export function answerForUnsent(frame: ToHost, thrown: unknown): ToParent | undefined {
  const error = encodeError(unsendable(thrown));
  switch (frame.t) {
    case "boot":
      return { t: "boot-failed", error };
    case "start":
    case "follow":
      return { t: "start-failed", actor: frame.actor, incarnation: frame.incarnation, error };
    case "call": {
      const { actor, incarnation, seq } = frame;
      return { t: "done", actor, incarnation, seq, ran: false, outcome: { ok: false, error }, state: undefined };
    }
    default:
      return undefined;
  }
}

/** What a host posts instead of a frame that could not be posted; undefined where nothing can stand for it. */
export function insteadOfUnsent(frame: ToParent, thrown: unknown): ToParent | undefined {
  const error = encodeError(unsendable(thrown));
  switch (frame.t) {
    case "done":
      // Arrays of its events went with the frame: what has happened is not known any more, so it has not happened.
      if (frame.events !== undefined && frame.events.special !== false) return crashed(frame, error);
      return { ...frame, outcome: { ok: false, error }, state: undefined };
    case "part":
      return {
        t: "done",
        actor: frame.actor,
        incarnation: frame.incarnation,
        seq: frame.seq,
        ran: true,
        outcome: { ok: false, error },
        state: undefined,
      };
    default:
      return undefined;
  }
}

function crashed({ actor, incarnation, seq }: Extract<ToParent, { t: "done" }>, error: WireError): ToParent {
  return { t: "crashed", actor, incarnation, seq, error, at: monotonicNow(), left: [] };
}

function unsendable(thrown: unknown): HoldfastError {
  return new HoldfastError("InvalidValue", `a value cannot be sent: ${messageOf(thrown)} (see docs/values.md)`);
}
