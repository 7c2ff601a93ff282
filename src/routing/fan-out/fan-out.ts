import type { Target } from "../../actor/ref.js";
import { HoldfastError } from "../../errors.js";
import { plainBytes } from "../../mailbox/plain.js";
import { NORMAL_RANK, rankOf } from "../../protocol/priority.js";
import type { SystemContext } from "../../system/context.js";
import { hasNoKeys } from "../../system/not-an-actor.js";
import type { InnerCallOptions } from "../../system/sent.js";
import { pack, unpack } from "../../transport/values.js";
import type { Member } from "../pools/member.js";
import { noMembers } from "./own-mail.js";

/** A pool whose ref sends to several of its members at once. */
export interface FanOut {
  readonly context: SystemContext;
  readonly path: string;
  /** Those that do not leave, in the order in which they came. */
  readonly members: readonly Member[];
  /** Its members share no memory with the sender. */
  readonly apart: boolean;
  /** To one of them. */
  readonly single: Target;
  /** @param inner the call comes from an actor of this system @throws HoldfastError why nothing is taken now */
  admit(inner: boolean): void;
  isStream(method: string): boolean | undefined;
  resize(to: number | "auto"): Promise<void>;
}

/** A call that is made of several members. @throws HoldfastError why it is made of none */
export function checkCall(fanOut: FanOut, method: string, options: InnerCallOptions): void {
  const { context, path, members, admit, isStream } = fanOut;
  if (options.key !== undefined) throw hasNoKeys(path, options.key);
  const inner = options.asker !== undefined;
  admit(inner);
  const { shedding } = context;
  if (shedding.level > 0) shedding.judge(path, { rank: rankOf(options.priority) ?? NORMAL_RANK, inner, method });
  if (members.length === 0) throw noMembers(path);
  if (isStream(method)) throw streamRefused(path, method);
}

/** The answer of one member, of which it may be known only now what it is. @throws InvalidValue for a stream */
export function noStream(path: string, method: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !(Symbol.asyncIterator in value)) return value;
  void (value as AsyncIterable<unknown>)[Symbol.asyncIterator]().return?.();
  throw streamRefused(path, method);
}

/** There is no one stream of several members. */
export function streamRefused(path: string, method: string): HoldfastError {
  return new HoldfastError(
    "InvalidValue",
    `${path}: ${method} answers with a stream, and several of them have no order: ask one member, or for values in batches`,
  );
}

/**
 * Gives each member arguments of its own: a sent message belongs to its receiver, and what is in shared memory, or lent, cannot
 * belong to several.
 * @throws HoldfastError InvalidValue for what cannot be sent
 */
export function copies({ context, apart }: FanOut, args: unknown[]): () => unknown[] {
  if (plainBytes(args) >= 0) return () => args;
  const { value, special } = pack(args, "args", "copy", context.identity);
  // As it was packed: what is lent cannot go to several, and was copied.
  if (apart && special !== true) return () => value as unknown[];
  return () => unpack({ value: structuredClone(value), special }, (path) => context.resolve(path)) as unknown[];
}

/** An answer that two have: its receiver may change it. @throws HoldfastError InvalidValue for what cannot be sent */
export function copyOf(fanOut: FanOut, value: unknown): unknown {
  return copies({ ...fanOut, apart: false }, [value])()[0];
}

/** @throws HoldfastError Cancelled: nobody waits for what would be asked */
export function checkSignal(method: string, { signal }: InnerCallOptions): void {
  if (!signal?.aborted) return;
  throw new HoldfastError("Cancelled", `${method}: the caller's signal had already fired`, { retryable: true });
}
