import type { ActorFacts } from "../../actor/methods.js";
import type { Executing } from "../../host/control-block.js";
import type { Message } from "../../mailbox/message.js";

/** A message past its limit: the facts of a `hung` death. */
export interface Late {
  readonly method: string;
  readonly limitMs: number;
  readonly ageMs: number;
  readonly actor: number;
  /** 0 when it did not even begin. */
  readonly seq: number;
}

/** What is with an actor's host, by sequence number, in the order it was handed over. */
export type Inflight = ReadonlyMap<number, Message>;

/**
 * A message that executes for longer than its method's limit, if any.
 * @param pausedMs how long a message of that number has waited for the consumer of its stream: no time of its handler
 */
export function overdue(
  now: number,
  actor: number,
  inflight: Inflight,
  executing: readonly Executing[],
  { methods }: ActorFacts,
  pausedMs: (seq: number) => number = () => 0,
): Late | undefined {
  for (const { seq, since } of executing) {
    const method = inflight.get(seq)?.method;
    const limitMs = method === undefined ? undefined : methods[method]?.limitMs;
    const ageMs = now - since - pausedMs(seq);
    if (limitMs !== undefined && ageMs > limitMs) return { method: method!, limitMs, ageMs, actor, seq };
  }
  return undefined;
}

/** The message that was handed over first, if that is longer ago than its limit. */
export function waitsTooLong(
  now: number,
  actor: number,
  inflight: Inflight,
  { methods }: ActorFacts,
): Late | undefined {
  const first = inflight.values().next().value;
  const limitMs = first && methods[first.method]?.limitMs;
  if (!first || limitMs === undefined) return undefined;
  const ageMs = now - first.deliveredAt;
  return ageMs > limitMs ? { method: first.method, limitMs, ageMs, actor, seq: 0 } : undefined;
}
