import type { Packed, ToHost, ToParent } from "./frames.js";

/** A call or an answer in which nothing is packed that needs work on its way; most are. */
export function isOrdinary(frame: ToHost | ToParent): boolean {
  if (frame.t === "call") return frame.args.special === false;
  if (frame.t !== "done" || frame.state !== undefined || frame.events !== undefined) return false;
  return frame.outcome.ok && frame.outcome.value.special === false;
}

/** The frame with another value in the place of each packed one; itself where nothing changed. */
export function mapPacked<Frame extends ToHost | ToParent>(frame: Frame, map: (packed: Packed) => Packed): Frame {
  return mapped(frame, map) as Frame;
}

function mapped(frame: ToHost | ToParent, map: (packed: Packed) => Packed): ToHost | ToParent {
  switch (frame.t) {
    case "call":
    case "ask": {
      const args = map(frame.args);
      return args === frame.args ? frame : { ...frame, args };
    }
    case "done": {
      const { outcome } = frame;
      const value = outcome.ok ? map(outcome.value) : undefined;
      const state = frame.state && map(frame.state);
      const events = frame.events && map(frame.events);
      const same = state === frame.state && events === frame.events;
      if (same && (!outcome.ok || value === outcome.value)) return frame;
      return { ...frame, state, events, outcome: value ? { ok: true, value } : outcome };
    }
    case "answer": {
      if (!frame.outcome.ok) return frame;
      const value = map(frame.outcome.value);
      return value === frame.outcome.value ? frame : { ...frame, outcome: { ok: true, value } };
    }
    case "part": {
      const value = map(frame.value);
      return value === frame.value ? frame : { ...frame, value };
    }
    case "boot": {
      const props = map(frame.props);
      return props === frame.props ? frame : { ...frame, props };
    }
    case "events": {
      const events = map(frame.events);
      return events === frame.events ? frame : { ...frame, events };
    }
    case "start": {
      const props = frame.props && map(frame.props);
      const state = frame.state && map(frame.state);
      return props === frame.props && state === frame.state ? frame : { ...frame, props, state };
    }
    case "follow": {
      const state = map(frame.state);
      return state === frame.state ? frame : { ...frame, state };
    }
    default:
      return frame;
  }
}
