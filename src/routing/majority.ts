import { type ActorSpec, checkMember } from "../system/specs.js";
import type { ChildSpec } from "../system/unit.js";
import type { BroadcastOptions } from "./broadcast.js";
import type { FirstCompletedRef } from "./fan-out/broadcast-ref.js";

export interface MajorityOptions extends BroadcastOptions {
  /** The fewest members there are, and how many at first. Default 3, or `max` where that is 2; 2 or more. */
  min?: number;
  /** The most members there are: a number, or "cores". Default 3, or `min` where that is more. */
  max?: number | "cores";
  /** A fixed number of members, 2 or more. Default 3: the fewest of which one may be wrong. */
  size?: number | "cores";
  /** How many have to say the same: more than half of `max`. Default: more than half of the members there are. */
  quorum?: number;
  /**
   * How far two numbers of an answer may lie apart and still say the same, as a share of the larger one (absolute below 1).
   * Default 0: bit for bit. Models on unlike hardware need some, such as 1e-5.
   */
  tolerance?: number;
}

/**
 * Members that are all asked, and the answer is what most of them say (N-modular redundancy): for a wrong answer that nobody
 * else would notice, of a bad device or a damaged model. It is there as soon as enough agree; the others are heard all the
 * same, and the event "outvoted" names those that said something else. A refusal is an answer; a death or a Timeout is none.
 * An ask fails with NoQuorum where too few agree. The method runs at each member; a tell goes to one. Default: 3 members.
 * @throws HoldfastError InvalidSpec at the start, as pool(), for one member, and for a quorum of half of the members or fewer
 * @example
 * const sure = majority(thread<Store>(url), { size: 3 });
 */
export function majority<A>(member: ActorSpec<A>, options: MajorityOptions = {}): ChildSpec<FirstCompletedRef<A>> {
  checkMember(member, "majority");
  return {
    kind: "pool",
    member,
    async load() {
      const { loadMajority } = await import("./fan-out/loaded-answers.js");
      return loadMajority(await member.load(), options);
    },
  };
}
