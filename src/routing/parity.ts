import type { Duration } from "../duration.js";
import { type ActorSpec, checkMember } from "../system/specs.js";
import type { ChildSpec } from "../system/unit.js";
import type { BroadcastOptions } from "./broadcast.js";
import type { FirstCompletedRef } from "./fan-out/broadcast-ref.js";

export interface ParityOptions extends BroadcastOptions {
  /** The fewest members there are, and how many at first: 2 or more. Default 2. */
  min?: number;
  /**
   * The methods that are linear in their arguments, Ax + b: only those are protected. It is you who says so. A name that no
   * method has is an InvalidSpec as soon as the class is known.
   */
  linear: readonly string[];
  /** How long a group waits to be full before its parity ask goes out. Default 2 ms. */
  wait?: Duration;
}

/**
 * Members of which any one may be late or die, for one member more instead of twice as many: k asks go to k of them, and to
 * one more an ask made of all k (coded computation). The answer that is missing is made of the others. For models that are
 * linear (or affine), such as regressions, embeddings and last layers; numbers, arrays of them, Float32Array and Float64Array
 * are combined, all else in the arguments has to be the same in a group. Integers come out exact, fractions as exact as
 * their sums. Each rebuilt answer is told by the event "rebuilt".
 * @throws HoldfastError InvalidSpec at the start, as pool(), and for fewer than two members
 * @example
 * const scores = parity(thread<Store>(url), { size: 4, linear: ["get"] });
 */
export function parity<A>(member: ActorSpec<A>, options: ParityOptions): ChildSpec<FirstCompletedRef<A>> {
  checkMember(member, "parity");
  return {
    kind: "pool",
    member,
    async load() {
      const { loadParity } = await import("./fan-out/loaded-answers.js");
      return loadParity(await member.load(), options);
    },
  };
}
