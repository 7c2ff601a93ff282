import type { Ask, CallOptions, Resizable, Tell } from "../../actor/ref.js";
import type { HoldfastError } from "../../errors.js";

/** What came of a broadcast at one member. */
export type BroadcastOutcome<V> =
  | { /** The member's name. */ readonly member: string; readonly value: V }
  | { readonly member: string; readonly error: HoldfastError };

type Streams<M> = M extends (...args: never) => infer R ? (R extends AsyncIterable<unknown> ? true : false) : false;

/** The methods that several members can be asked for at once: those that answer with a value. */
type Answering<A> = { [K in keyof Ask<A>]: Streams<Ask<A>[K]> extends true ? never : K }[keyof Ask<A>];

type EachOf<M> = M extends (...args: infer P) => infer R
  ? (...args: P) => Promise<BroadcastOutcome<Awaited<R>>[]>
  : never;

/** A ref to all members of a pool at once. */
export interface BroadcastRef<A> extends Resizable {
  /**
   * Answers with each member's outcome, in the order in which they joined: those that do not answer in time are a Timeout.
   * Rejects where the call itself is at fault: Cancelled, UnknownMethod, InvalidValue, Unavailable where nobody is there.
   */
  readonly ask: { readonly [K in Answering<A>]: EachOf<Ask<A>[K]> };
  /** To every member; whether all of them accepted it. */
  readonly tell: Tell<A>;
  with(options: CallOptions): BroadcastRef<A>;
  readonly path: string;
}

/** A ref to a pool of which several are asked, and the first value is the answer. */
export interface FirstCompletedRef<A> extends Resizable {
  readonly ask: { readonly [K in Answering<A>]: Ask<A>[K] };
  /** To one of them. */
  readonly tell: Tell<A>;
  with(options: CallOptions): FirstCompletedRef<A>;
  readonly path: string;
}
