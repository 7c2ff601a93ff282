import type { ChildState } from "../supervision/life.js";
import type { TreeNode } from "../system/tree.js";

/** Of members that are all down: what soonest becomes a member that serves. */
const soonest: readonly ChildState[] = ["starting", "waiting", "draining", "stopping", "quarantined", "stopped"];

/**
 * The state that a node is told in: its own; but a pool or keyed group whose members are all down answers nobody, whatever
 * its own state, and is told in theirs.
 */
export function servedState({ kind, state, scaling, children = [] }: TreeNode): ChildState {
  if (state !== "running" || (kind !== "pool" && kind !== "keyed")) return state;
  // The actors of keys come and go: the cells are what serves.
  const members = kind === "pool" ? children : children.filter((child) => child.kind === "cell");
  const states = new Set(members.map((member) => member.state));
  const all = scaling?.members ?? members.length;
  const someReady = states.has("running") || (scaling?.ready ?? 0) > 0;
  if (all === 0 || someReady) return state;
  return soonest.find((one) => states.has(one)) ?? "waiting";
}

/** The tree with every state as it is told. */
export function servedTree(node: TreeNode): TreeNode {
  const { children } = node;
  return { ...node, state: servedState(node), ...(children && { children: children.map(servedTree) }) };
}
