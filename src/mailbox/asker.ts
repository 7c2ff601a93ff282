import type { Message } from "./message.js";

/** An actor of this system that asks another: its call is part of work already taken. */
export interface Asker {
  /** The cell it is in, by identity. */
  readonly cell: object | undefined;
  /** What it works on, and may have asked for. */
  handling(): readonly Message[];
}

/** Calls in a row that are followed back; longer chains end at their deadlines. */
const CHAIN = 16;

/** Whether a message was asked for, itself or through others, by an actor in that cell. */
export function cameFrom(message: Message, cell: object, left = CHAIN): boolean {
  const { asker } = message;
  if (!asker || left === 0) return false;
  if (asker.cell === cell) return true;
  for (const behind of asker.handling()) if (cameFrom(behind, cell, left - 1)) return true;
  return false;
}
