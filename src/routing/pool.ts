import { availableParallelism } from "node:os";
import type { Ref } from "../actor/ref.js";
import { type ChildRules, childRules } from "../supervision/spec.js";
import { type ActorSpec, mailboxLimits, positiveInteger } from "../system/specs.js";
import type { ChildSpec } from "../system/unit.js";

export interface PoolOptions {
  /** How many members: a number, or "cores" for as many as the machine has. Default "cores". */
  size?: number | "cores";
}

/**
 * Stateless members that pull from one shared mailbox: a message waits for the first member that is free, which no
 * scheme of queues per member beats. The actor spec's `mailbox` bounds the shared mailbox; its supervision holds for
 * each member. A member over its budget is parked, the others go on.
 * @example pool(thread<Digits>(url, { model }), { size: "cores" })
 */
export function pool<A>(member: ActorSpec<A>, options: PoolOptions = {}): ChildSpec<Ref<A>> {
  const { size = "cores" } = options;
  const count = size === "cores" ? availableParallelism() : size;
  return {
    kind: "pool",
    rules(id, field) {
      positiveInteger(count, `${field}.size`);
      member.rules(id, field);
      return asChild(id, field);
    },
    async load() {
      const { PoolUnit } = await import("./pool-unit.js");
      return (context, name, path) =>
        new PoolUnit(context, name, path, member, count, mailboxLimits(member.options.mailbox, `${path}.mailbox`));
    },
  };
}

/** As a child, a pool waits for its members; each member has its own time limits. */
function asChild(id: string, field: string): ChildRules {
  return childRules(id, { shutdown: "unlimited", startTimeout: Number.POSITIVE_INFINITY }, field);
}
