import type { Message } from "./message.js";

/** An actor of this system that asks another: its call is part of work already taken. */
export interface Asker {
  readonly path: string;
  /** The cell it is in. */
  readonly cell: { readonly facts: { readonly concurrency: number } } | undefined;
  /** What it works on, and may have asked for. */
  handling(): readonly Message[];
}

/** Calls in a row that are followed back in search of a circle; longer chains end at their deadlines. */
const CHAIN = 16;

/** Askers that are looked at; work that goes through more ends at its deadline. */
const MOST_ASKERS = 1000;

/** Whether a message was asked for, itself or through others, by an actor in that cell. */
export function cameFrom({ asker }: Message, cell: object): boolean {
  if (!asker) return false;
  if (asker.cell === cell) return true;
  // Each is looked at once: where actors work on many messages at a time, the ways through them are far more than they.
  const askers = new Set([asker]);
  for (const one of askers) {
    for (const { asker: behind } of one.handling()) {
      if (!behind) continue;
      if (behind.cell === cell) return true;
      if (askers.size < MOST_ASKERS) askers.add(behind);
    }
  }
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
