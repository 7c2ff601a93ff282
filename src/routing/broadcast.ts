import { type ActorSpec, checkMember } from "../system/specs.js";
import type { ChildSpec } from "../system/unit.js";
import type { BroadcastRef, FirstCompletedRef } from "./fan-out/broadcast-ref.js";

/** How many members there are; `ref.resize(n)` changes it between `min` and `max`. No rule does: each one more is work more. */
export interface BroadcastOptions {
  /** The fewest members there are, and how many at first. Default 1. */
  min?: number;
  /** The most members there are: a number, or "cores" for as many as the machine has. Default "cores". */
  max?: number | "cores";
  /** A fixed number of members: `min` and `max` in one. */
  size?: number | "cores";
}

export interface FirstCompletedOptions extends BroadcastOptions {
  /** How many are asked: those that are up and least loaded. Default: all. */
  of?: number;
}

/**
 * Members that get every message, all of them: each has a mailbox of its own. An ask answers with each one's outcome; that a
 * member is down, or late, is one. What one cannot answer before it restarts waits for it, within its deadline.
 * @throws HoldfastError InvalidSpec at the start, as pool()
 * @example
 * const caches = broadcast(thread<Store>(url), { size: 2 });
 */
export function broadcast<A>(member: ActorSpec<A>, options: BroadcastOptions = {}): ChildSpec<BroadcastRef<A>> {
  checkMember(member, "broadcast");
  return {
    kind: "pool",
    member,
    async load() {
      const { loadBroadcast } = await import("./fan-out/loaded-broadcast.js");
      return loadBroadcast(await member.load(), options);
    },
  };
}

/**
 * Members of which several are asked at once: the first value is the answer, and the others are cancelled. The method runs more
 * than once; it must do no harm. An ask fails when all fail: with an error of one that may have run, where there is one.
 * @throws HoldfastError InvalidSpec at the start, as pool(), and for an `of` above the number of members
 * @example
 * const quick = firstCompleted(thread<Store>(url), { size: 3, of: 2 });
 */
export function firstCompleted<A>(
  member: ActorSpec<A>,
  options: FirstCompletedOptions = {},
): ChildSpec<FirstCompletedRef<A>> {
  checkMember(member, "firstCompleted");
  return {
    kind: "pool",
    member,
    async load() {
      const { loadFirstCompleted } = await import("./fan-out/loaded-broadcast.js");
      return loadFirstCompleted(await member.load(), options);
    },
  };
}
