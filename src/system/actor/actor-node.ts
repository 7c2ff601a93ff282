import type { CellSpec } from "../../host/booting.js";
import type { SystemContext } from "../context.js";
import type { TreeNode } from "../tree.js";
import type { Standing } from "../unit.js";
import type { ActorHandle } from "./actor-handle.js";

/** An actor in the tree. @param reason why it is not running, for people */
export function actorNode(
  context: SystemContext,
  spec: CellSpec,
  { name, path, handle }: { name: string; path: string; handle: ActorHandle },
  { state, restarts }: Standing,
  reason: string | undefined,
): TreeNode {
  const { mailbox, cell, executing, incarnation } = handle;
  const spare = context.hosts.spare(spec);
  return {
    path,
    name,
    kind: "actor",
    state,
    isolation: spec.isolation,
    incarnation,
    restarts,
    mailbox: { waiting: mailbox.size, executing, capacity: mailbox.limits.messages },
    ...(cell?.alive ? { host: cell.host.name } : {}),
    ...(spare ? { spare } : {}),
    ...(reason && state !== "running" ? { reason } : {}),
  };
}
