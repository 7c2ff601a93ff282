import { HoldfastError } from "../errors.js";
import type { EventsFrame, HistoryFrame, ServerFrame } from "../protocol/frames.js";
import { toWireError } from "../protocol/wire-error.js";
import type { HistoryKeeper } from "./history-keeper.js";

/** What somebody who may watch asks of the past. @param keeper undefined: this server keeps nothing */
export function lookBack(keeper: HistoryKeeper | undefined, frame: HistoryFrame | EventsFrame): ServerFrame {
  const { id } = frame;
  if (!keeper) {
    const error = new HoldfastError("Unavailable", "this server keeps no history: it was started with history: false", {
      retryable: false,
    });
    return { type: "error", id, error: toWireError(error) };
  }
  if (frame.type === "history") return { type: "result", id, value: keeper.history(frame.path, frame.since) };
  return { type: "result", id, value: keeper.events(frame) };
}

/** @throws HoldfastError Unauthorized, with the frame's id where it has one */
export function mayLook(allowed: boolean, frame: { type: string; id?: number }): void {
  if (allowed) return;
  const message = `${frame.type} needs the admin right on a server that other machines reach`;
  throw new HoldfastError("Unauthorized", message, frame.id === undefined ? {} : { details: { id: frame.id } });
}
