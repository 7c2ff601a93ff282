import { LEARN_FROM_MS, methodLimit } from "../../actor/method-limit.js";
import type { ActorFacts } from "../../actor/methods.js";
import type { Executing } from "../../host/control-block.js";
import type { Message } from "../../mailbox/message.js";

/** What is with an actor's host, in the order it was handed over. */
export interface Inflight {
  readonly first: Message | undefined;
  get(seq: number): Message | undefined;
}

/** A message that executes. Times are monotonic ms. */
export interface Run {
  readonly method: string;
  readonly seq: number;
  readonly since: number;
  readonly limitMs: number;
  /** How long it has waited for the consumer of its stream: no time of its handler. */
  readonly pausedMs: number;
  /** From then on its length is worth knowing, if it ends well; Infinity where its method declares a limit. */
  readonly learnsAt: number;
}

/** A message that was handed over and has not begun. */
export interface Wait {
  readonly method: string;
  readonly since: number;
  readonly limitMs: number;
}

/** What one actor has with its host, at the moment of a look. */
export interface Work {
  readonly actor: number;
  readonly runs: readonly Run[];
  /** The one that was handed over first, unless it executes. */
  readonly wait: Wait | undefined;
  /** Anything at all is with its host. */
  readonly mail: boolean;
  /** Its start() or stop() runs, which have limits of their own. */
  readonly changing: boolean;
}

interface Known {
  readonly actor: number;
  readonly inflight: Inflight;
  readonly executing: readonly Executing[];
  readonly facts: ActorFacts;
  /** The longest run of each method that ended well, ms. */
  readonly longest: ReadonlyMap<string, number>;
  readonly changing: boolean;
  readonly pausedMs?: (seq: number) => number;
}

/** Joins the record of a host with what was handed to it. */
export function workOf(known: Known): Work {
  const { actor, inflight, executing, facts, changing, pausedMs } = known;
  const runs: Run[] = [];
  for (const { seq, since } of executing) {
    const message = inflight.get(seq);
    if (!message) continue;
    const { method } = message;
    const limitMs = limitOf(message, since, known);
    const learnsAt = facts.methods[method]?.learns ? since + LEARN_FROM_MS : Number.POSITIVE_INFINITY;
    runs.push({ method, seq, since, limitMs, pausedMs: pausedMs?.(seq) ?? 0, learnsAt });
  }
  const { first } = inflight;
  // An actor in this thread that has not begun it waits for nobody but this thread: nothing was handed over.
  const waits = first?.deliveredAt !== undefined && !runs.some(({ seq }) => seq === first.seq);
  const since = first?.deliveredAt ?? 0;
  const wait = waits ? { method: first.method, since, limitMs: limitOf(first, since, known) } : undefined;
  return { actor, runs, wait, mail: first !== undefined, changing };
}

/** A bound below every limit of these methods, ms: how long a look holds at least. */
export function shortestLimit({ methods }: ActorFacts): number {
  let ms = Number.POSITIVE_INFINITY;
  for (const { limitMs, learns } of Object.values(methods)) ms = Math.min(ms, learns ? LEARN_FROM_MS : limitMs);
  return ms;
}

function limitOf({ method, deadline }: Message, since: number, { facts, longest }: Known): number {
  const declared = facts.methods[method];
  return declared ? methodLimit(declared, longest.get(method) ?? 0, deadline - since) : Number.POSITIVE_INFINITY;
}
