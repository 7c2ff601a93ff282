import type { Message } from "./message.js";

/** An actor of this system that asks another: its call is part of work already taken. */
export interface Asker {
  readonly path: string;
  /** The cell it is in. */
  readonly cell: { readonly facts: { readonly concurrency: number } } | undefined;
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

/** Messages that are executed by one after the other, each asked for by the handler of the next. */
export interface WaitCycle {
  /** Who asks whom, in order; the last asks the first. */
  readonly chain: readonly string[];
  /** What each works on, from the last to the first. */
  readonly handled: readonly Message[];
}

/**
 * Whether an ask closes a circle: its receiver works on a message that the asker's own work, itself or through others, was
 * asked for by. Only actors that work on one message at a time wait there for good.
 *
 *   asker ◀─ asked by ─ … ◀─ asked by ─ receiver      and now: asker ─ asks ─▶ receiver
 */
export function waitCycle(asker: Asker, receiver: string): WaitCycle | undefined {
  const chain: string[] = [];
  const handled: Message[] = [];
  let at: Asker | undefined = asker;
  while (at && chain.length < CHAIN) {
    const [work]: readonly Message[] = at.handling();
    if (!work || at.cell?.facts.concurrency !== 1) return undefined;
    chain.unshift(at.path);
    handled.push(work);
    if (at.path === receiver) return { chain, handled };
    at = work.ask && !work.settled ? work.asker : undefined;
  }
  return undefined;
}
