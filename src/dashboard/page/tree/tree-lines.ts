import { servedState } from "../../../observe/served-state.js";
import { rowId } from "../../../observe/tree-rows.js";
import type { ChildState } from "../../../supervision/life.js";
import type { TreeNode } from "../../../system/tree.js";

/** One line of the tree, where it stands and what is folded away below it. */
export interface TreeLine {
  /** Stable while the node lives. Not its path: a key may be called like a cell. */
  readonly id: string;
  readonly parent: string;
  readonly node: TreeNode;
  /** As it is told: a group whose members are all down does not run, whatever its own state. */
  readonly state: ChildState;
  readonly depth: number;
  /** Among its siblings, from 1. */
  readonly place: number;
  readonly siblings: number;
  /** Undefined where nothing is below it. */
  readonly open: boolean | undefined;
  /** A filter holds it open: it cannot be folded. */
  readonly held: boolean;
  /** Actors below a folded line, and those of them that do not run. */
  readonly below: number;
  readonly down: number;
}

export interface TreeFilter {
  /** Lines that the reader folded, or unfolded. */
  readonly turned: ReadonlySet<string>;
  /** Part of a path, in any case; "" for all. */
  readonly query: string;
  /** Only what does not run, is busy, or gets no mail. */
  readonly trouble: boolean;
}

/** A group of more children begins folded: a thousand members would bury the rest. */
export const FOLDED_FROM = 40;

/** The lines that are to be seen, parents before children: pure. A match shows its ancestors too, whatever is folded. */
export function treeLines(root: TreeNode, filter: TreeFilter): TreeLine[] {
  const lines: TreeLine[] = [];
  const query = filter.query.trim().toLowerCase();
  if (query === "" && !filter.trouble) walk(root, "", 0, 1, 1, filter.turned, lines);
  else match(root, "", 0, 1, 1, (node) => fits(node, query, filter.trouble), lines);
  return lines;
}

/** Whether a node is what one came to see when something is wrong. */
export function isTrouble(node: TreeNode): boolean {
  const { busy, ejected } = node;
  return servedState(node) !== "running" || busy !== undefined || ejected !== undefined;
}

/** The node of a line; undefined once it is gone. */
export function nodeOf(root: TreeNode, id: string): TreeNode | undefined {
  let at: TreeNode | undefined = root;
  let known = rowId("", root);
  while (at && known !== id) {
    const prefix: string = known;
    at = at.children?.find((child) => {
      const own = rowId(prefix, child);
      const found = id === own || id.startsWith(`${own}\u0000`);
      if (found) known = own;
      return found;
    });
  }
  return at;
}

function walk(
  node: TreeNode,
  parent: string,
  depth: number,
  place: number,
  siblings: number,
  turned: ReadonlySet<string>,
  lines: TreeLine[],
): void {
  const id = rowId(parent, node);
  const { children = [] } = node;
  const open = children.length === 0 ? undefined : children.length < FOLDED_FROM !== turned.has(id);
  const folded = open === false ? counted(children) : { below: 0, down: 0 };
  lines.push({ id, parent, node, state: servedState(node), depth, place, siblings, open, held: false, ...folded });
  if (!open) return;
  children.forEach((child, index) => {
    walk(child, id, depth + 1, index + 1, children.length, turned, lines);
  });
}

/** @returns whether anything fitted: then this line was written */
function match(
  node: TreeNode,
  parent: string,
  depth: number,
  place: number,
  siblings: number,
  wanted: (node: TreeNode) => boolean,
  lines: TreeLine[],
): boolean {
  const id = rowId(parent, node);
  const at = lines.length;
  const { children = [] } = node;
  let below = 0;
  // The line comes before its children, and whether it comes they decide.
  const state = servedState(node);
  lines.push({ id, parent, node, state, depth, place, siblings, open: undefined, held: false, below: 0, down: 0 });
  children.forEach((child, index) => {
    if (match(child, id, depth + 1, index + 1, children.length, wanted, lines)) below++;
  });
  if (below === 0 && !wanted(node)) {
    lines.length = at;
    return false;
  }
  lines[at] = { ...lines[at]!, open: below > 0 ? true : undefined, held: below > 0 };
  return true;
}

function fits(node: TreeNode, query: string, trouble: boolean): boolean {
  return node.path.toLowerCase().includes(query) && (!trouble || isTrouble(node));
}

function counted(nodes: readonly TreeNode[]): { below: number; down: number } {
  let below = 0;
  let down = 0;
  const count = ({ kind, state, children = [] }: TreeNode) => {
    if (kind === "actor" || kind === "cell") {
      below++;
      if (state !== "running") down++;
    }
    children.forEach(count);
  };
  nodes.forEach(count);
  return { below, down };
}
