import { HoldfastError } from "../errors.js";
import type { ActorSpec } from "../system/specs.js";
import type { SupervisorSpec } from "../system/supervisor/supervisor-spec.js";
import type { ChildSpec } from "../system/unit.js";

/** What specs of all kinds say of themselves. */
type Walled = Partial<Pick<ActorSpec, "isolation"> & Pick<SupervisorSpec, "children"> & Pick<ChildSpec, "member">>;

/**
 * A thread or process takes real time to come up, and virtual time runs ahead of it: its start would be found late
 * before it has begun.
 * @throws HoldfastError InvalidSpec naming the first one in the tree
 */
export function refuseWalls(spec: ChildSpec | undefined, path: string): void {
  const { isolation, children, member }: Walled = spec ?? {};
  if (isolation === "thread" || isolation === "fork") {
    throw new HoldfastError(
      "InvalidSpec",
      `${path} is a ${isolation}(), whose time is real, and this test's stands still: write testSystem(tree, { time: "real" })`,
      { details: { field: "time", path } },
    );
  }
  // What a pool, a keyed group or a dynamic supervisor is made of has no name of its own.
  if (member) refuseWalls(member, path);
  for (const [name, child] of Object.entries(children ?? {})) refuseWalls(child, `${path}/${name}`);
}
