import type { Cell } from "../../system/cell/cell.js";
import type { TreeNode } from "../../system/tree.js";
import type { Standing } from "../../system/unit.js";
import type { KeyUnit } from "./key-unit.js";

/** Where a key's actor is: its cell while it is up, and whether it waits for one. */
export interface Whereabouts {
  readonly cell: Cell | undefined;
  readonly waits: boolean;
}

/** A key in the tree. */
export function keyNode(unit: KeyUnit, { state, reason, restarts }: Standing, { cell, waits }: Whereabouts): TreeNode {
  const { path, handle, options } = unit;
  return {
    path,
    name: unit.key,
    kind: "actor",
    state: state === "running" && waits ? "waiting" : state,
    incarnation: handle.incarnation,
    restarts,
    mailbox: { waiting: handle.waiting, executing: handle.executing, capacity: options.mailbox.messages },
    ...(cell ? { host: cell.host.name } : {}),
    ...(reason && state !== "running" ? { reason } : {}),
  };
}
