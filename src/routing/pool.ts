import type { PoolRef } from "../actor/ref.js";
import { type ActorSpec, checkMember } from "../system/specs.js";
import type { ChildSpec } from "../system/unit.js";

export interface PoolOptions {
  /** How many members: a number, or "cores" for as many as the machine has. Default "cores". */
  size?: number | "cores";
}

/**
 * Stateless members that pull from one shared mailbox: a message waits for the first member that is free, which no
 * scheme of queues per member beats. The actor spec's `mailbox` bounds the shared mailbox; its supervision holds for
 * each member. A member over its budget is parked, the others go on.
 * @throws HoldfastError InvalidSpec at the start for a member with `restart: "temporary"` or `snapshotEvery`
 * @example pool(thread<Digits>(url, { model }), { size: "cores" })
 */
export function pool<A>(member: ActorSpec<A>, options: PoolOptions = {}): ChildSpec<PoolRef<A>> {
  checkMember(member, "pool");
  return {
    kind: "pool",
    member,
    async load() {
      const { loadPool } = await import("./pool-unit.js");
      return loadPool(await member.load(), options);
    },
  };
}
