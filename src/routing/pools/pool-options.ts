import type { Duration } from "../../duration.js";
import type { AdmissionOptions } from "../admission/admission-options.js";
import type { EjectOptions } from "../ejection/eject-options.js";
import type { Route } from "../picks/route.js";
import type { RecycleOptions } from "../recycling/recycle-options.js";
import type { ScalingRule } from "../scaling/scaling-rule.js";

/** How a pool sizes itself between `min` and `max`. */
export interface ScaleOptions {
  /** A message shall wait no longer than this, where members more can help. Default "50ms". */
  targetWait?: Duration;
  /** A pool must have been too large for so long before a member goes. Default "30s". */
  shrinkAfter?: Duration;
  /** What a member does keeps a core busy: never more of them than cores. Default true for threads and processes. */
  cpuBound?: boolean;
  /** What all members together may hold, MB. Default: half of what the machine has free. */
  memoryMb?: number;
  /** Chooses the size, in place of the built-in rule. */
  rule?: ScalingRule;
}

export interface PoolOptions {
  /** The fewest members there are. Default 1; with 0 the pool is empty while nothing comes, and the first mail waits for a start. */
  min?: number;
  /** The most members there are: a number, or "cores" for as many as the machine has. Default "cores". */
  max?: number | "cores";
  /** A fixed number of members: `min` and `max` in one. */
  size?: number | "cores";
  /**
   * Parked hosts beside the members, for restarts and for growth; refilled late, and not while mail waits. 0: none. Default 1,
   * and none where the member says `spare: "none"`.
   */
  spares?: number;
  /** How it sizes itself. */
  scale?: ScaleOptions;
  /**
   * How a message finds its member. Default "shared": one mailbox for all, from which a member takes when it is free. With
   * each other route every member has a mailbox of its own, and a message goes to one when it is sent.
   */
  route?: Route;
  /** Shares of the members, by their place in the pool; who has none has 1. For the routes that push. */
  weights?: readonly number[];
  /** A member that has started gets a growing share of the mail for so long. Default none. For routes that push, but those by key. */
  slowStart?: Duration;
  /** A member that misbehaves beside the others gets no mail for a while. Default false. For routes that push, but those by key. */
  eject?: false | EjectOptions;
  /**
   * Where no member is free: an ask that cannot be answered before its deadline, by what the pool has learned of its work, is
   * refused at once (`Overloaded`, with `retryAfterMs`). `false`: everything waits, until its deadline. Default `true`.
   */
  admission?: boolean | AdmissionOptions;
  /** Members that have served long enough are replaced, one at a time. Default: never. */
  recycle?: RecycleOptions;
}
