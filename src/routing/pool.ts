import type { PoolRef } from "../actor/ref.js";
import { type ActorSpec, checkMember } from "../system/specs.js";
import type { ChildSpec } from "../system/unit.js";
import type { PoolOptions } from "./pools/pool-options.js";

/**
 * Stateless members that pull from one shared mailbox: a message waits for the first member that is free, which no
 * scheme of queues per member beats. There are between `min` and `max` of them: more when mail waits longer than it takes
 * to start one, fewer when they idle. The actor spec's `mailbox` bounds the shared mailbox; its supervision holds for
 * each member. A member over its budget is parked, the others go on.
 * @throws HoldfastError InvalidSpec at the start for a member with `restart: "temporary"` or `snapshotEvery`, and for
 * bounds that contradict each other
 * @example pool(thread<Digits>(url, { model }), { min: 1, max: "cores" })
 */
export function pool<A>(member: ActorSpec<A>, options: PoolOptions = {}): ChildSpec<PoolRef<A>> {
  checkMember(member, "pool");
  return {
    kind: "pool",
    member,
    async load() {
      const { loadPool } = await import("./pools/loaded-pool.js");
      return loadPool(await member.load(), options);
    },
  };
}
