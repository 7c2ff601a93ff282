import type { CallOptions } from "../../actor/ref.js";
import type { CallSpan, Load } from "../../actor/sight.js";
import type { Chance, Clock } from "../../clock.js";
import type { HopEvent } from "./hop-events.js";

/** One call on its way through the policies of a hop. */
export interface PolicyCall {
  /** Of whom is asked. */
  readonly path: string;
  /** Where that path means one callee: a system, or a single target. Two of them may have equal paths. */
  readonly scope: object;
  readonly method: string;
  /** They are sent again as they are: whoever gets them must not change them. */
  readonly args: readonly unknown[];
  /** As its caller gave them; of these, timeout and signal are replaced by those below. */
  readonly options: CallOptions;
  /** Until when its caller waits, monotonic ms; Infinity: for ever. */
  readonly deadline: number;
  /** Its caller gave up. */
  readonly signal: AbortSignal | undefined;
  /** Of the sampled ones: policies say in it what they did. */
  readonly span?: CallSpan | undefined;
  /** To run it twice does no harm. */
  readonly idempotent: boolean;
}

/** What is inside a policy: the next one, and at the end the ref. It settles once, by the call's deadline. */
export type Next = (call: PolicyCall) => Promise<unknown>;

/**
 * One way of dealing with what may go wrong on a hop:
 *
 *   caller ─▶ fallback ─▶ cache ─▶ retry ─▶ breaker ─▶ hedge ─▶ ref
 *
 * Each may answer by itself, ask what is inside it once, several times or not at all, and looks at the outcome.
 */
export interface Policy {
  run(call: PolicyCall, next: Next): Promise<unknown>;
}

/** What policies get from outside: time, chance, how much there is to do, and who is told. */
export interface Around {
  readonly clock: Clock;
  readonly chance: Chance;
  /** Of whom is asked; "none": it has no members; undefined: it cannot be seen from here. */
  readonly load: () => Load | "none" | undefined;
  readonly tell: (event: HopEvent) => void;
}

/** How long a call has left, ms. */
export function remainingMs({ deadline }: PolicyCall, clock: Clock): number {
  return deadline === Number.POSITIVE_INFINITY ? deadline : deadline - clock.now();
}
