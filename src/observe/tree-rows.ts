import type { ChildState } from "../supervision/life.js";
import { ejectedText, type TreeNode } from "../system/tree.js";

/** One line of the tree as the page and the terminal show it. */
export interface TreeRow {
  /** Stable while the node lives. Not its path: a key may be called like a cell. */
  readonly id: string;
  readonly depth: number;
  readonly path: string;
  readonly name: string;
  readonly kind: TreeNode["kind"];
  readonly state: ChildState;
  readonly reason: string | undefined;
  /** "thread 7", "fork, pid 4711", "inline", or the isolation alone while nothing runs. */
  readonly where: string;
  readonly incarnation: number | undefined;
  readonly restarts: number;
  readonly mailbox: TreeNode["mailbox"];
  readonly spare: TreeNode["spare"];
  readonly standby: TreeNode["standby"];
  /** Of a pool: how many members it has, and why. */
  readonly scaling: TreeNode["scaling"];
  /** A host of its own runs here, so there is something to kill; a key shares that of its cell, one line above. */
  readonly killable: boolean;
  /** How many children of this node are not shown. */
  readonly hidden: number;
}

/** Children shown of one node: a thousand keys would bury the rest, and whoever reads with them. */
export const shownChildren = 20;

/** The tree as lines, parents before children. */
export function treeRows(root: TreeNode): TreeRow[] {
  const rows: TreeRow[] = [];
  walk(root, 0, "", rows);
  return rows;
}

/** The id of a node's line, made from that of its parent's; "" above the root. */
export function rowId(parent: string, { kind, name }: TreeNode): string {
  return `${parent}\u0000${kind}\u0000${name}`;
}

function walk(node: TreeNode, depth: number, parent: string, rows: TreeRow[]): void {
  const {
    path,
    name,
    kind,
    state,
    reason,
    incarnation,
    restarts,
    mailbox,
    spare,
    standby,
    scaling,
    ejected,
    children = [],
  } = node;
  const id = rowId(parent, node);
  const killable = node.isolation !== undefined && node.host !== undefined && state !== "stopped";
  const hidden = Math.max(0, children.length - shownChildren);
  const where = whereOf(node);
  const row = {
    id,
    depth,
    path,
    name,
    kind,
    state,
    reason: reason ?? (ejected && ejectedText(ejected)),
    where,
    incarnation,
    restarts,
    mailbox,
    spare,
    standby,
    scaling,
  };
  rows.push({ ...row, killable, hidden });
  for (const child of shown(children)) walk(child, depth + 1, id, rows);
}

/** Those that do not run are what one came to see; of the others the first, and all in their own order. */
function shown(children: readonly TreeNode[]): TreeNode[] {
  if (children.length <= shownChildren) return [...children];
  const down = children.filter(({ state }) => state !== "running");
  const running = children.filter(({ state }) => state === "running");
  const chosen = new Set([...down, ...running].slice(0, shownChildren));
  return children.filter((child) => chosen.has(child));
}

function whereOf({ isolation, host }: TreeNode): string {
  if (isolation === undefined || host === undefined) return host ?? isolation ?? "";
  return host.startsWith(isolation) ? host : `${isolation}, ${host}`;
}

/** How many actors are in each state: "5 running, 1 waiting". Groups are counted by what is in them. */
export function treeSummary(root: TreeNode): string {
  const counts = new Map<ChildState, number>();
  const count = ({ kind, state, children = [] }: TreeNode) => {
    if (kind === "actor" || kind === "cell") counts.set(state, (counts.get(state) ?? 0) + 1);
    for (const child of children) count(child);
  };
  count(root);
  return [...counts].map(([state, n]) => `${n} ${state}`).join(", ");
}
