import { held, type Scaling, type TreeNode } from "../../system/tree.js";
import type { Standing } from "../../system/unit.js";
import type { KeyUnit } from "./key-unit.js";
import type { KeyedGroup } from "./keyed-group.js";

/** A keyed group in the tree: its cells, and in each the keys that live there. */
export function groupNode(
  { path, name, kind, hold }: KeyedGroup,
  { state }: Standing,
  cells: readonly TreeNode[],
  scaling: Scaling,
  keys: readonly KeyUnit[],
  keyNode: (key: KeyUnit) => TreeNode,
): TreeNode {
  const children = cells.map((cell) => ({
    ...cell,
    children: keys.filter(({ home }) => home.path === cell.path).map(keyNode),
  }));
  const restarts = cells.reduce((sum, cell) => sum + cell.restarts, 0);
  return held({ path, name, kind, state, restarts, scaling, children }, hold.by);
}
