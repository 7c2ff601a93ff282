import type { TreeDiffFrame, TreeFrame } from "../protocol/frames.js";
import type { TreeNode } from "../system/tree.js";

interface Mirrored {
  readonly id: number;
  readonly parent: Mirrored | undefined;
  own: TreeNode;
  children: Mirrored[];
  /** With its children; made anew where something at it or below it has changed, so what is equal stays identical. */
  drawn: TreeNode | undefined;
}

/**
 * The server's tree, rebuilt from diffs. It holds as many nodes as the tree has now.
 *
 *   tree{revision 7, ids} ─▶ tree-diff{7 ▸ 8} ─▶ tree-diff{8 ▸ 9} ─▶ …
 *                                └── one that does not fit: undefined, and the whole tree is to be asked for again
 *
 *   tree{7, the root, more} ─▶ tree-diff{7 ▸ 7, more} ─▶ … ─▶ tree-diff{7 ▸ 7}: large ones come in parts, and are drawn at the last
 */
export class TreeMirror {
  #revision = -1;
  #root: Mirrored | undefined;
  readonly #nodes = new Map<number, Mirrored>();

  /** How many nodes it holds. */
  get size(): number {
    return this.#nodes.size;
  }

  /** It has a tree that diffs can be applied to. */
  get follows(): boolean {
    return this.#revision >= 0;
  }

  /** Takes a whole tree. One without a revision, or whose ids do not fit it, cannot be followed; it is told as it is. */
  reset({ tree, revision, ids }: TreeFrame): TreeNode {
    this.forget();
    const root = tree as TreeNode;
    if (revision === undefined || ids === undefined) return root;
    const left = ids.values();
    this.#root = this.#kept(root, undefined, left);
    if (left.next().done && this.#nodes.size === ids.length) this.#revision = revision;
    return root;
  }

  /** @returns the tree as it is now, "more" before the last part of it; undefined for a diff that does not follow what is known here */
  apply({ from, to, removed, changed, more }: TreeDiffFrame): TreeNode | "more" | undefined {
    if (from !== this.#revision || !this.#root) return undefined;
    // Half of a diff would be no tree of the server's: until all of it is in, nothing follows.
    this.#revision = -1;
    for (const id of removed) if (!this.#remove(id)) return undefined;
    for (const change of changed) if (!this.#change(change as Partial<Change> | null)) return undefined;
    this.#revision = to;
    return more ? "more" : draw(this.#root);
  }

  /** Nobody looks any more, or the server is another. */
  forget(): void {
    this.#revision = -1;
    this.#root = undefined;
    this.#nodes.clear();
  }

  #kept(node: TreeNode, parent: Mirrored | undefined, ids: Iterator<number>): Mirrored {
    const own = node.children == null ? node : { ...node, children: [] };
    const kept: Mirrored = { id: ids.next().value ?? -1, parent, own, children: [], drawn: node };
    this.#nodes.set(kept.id, kept);
    for (const child of node.children ?? []) kept.children.push(this.#kept(child, kept, ids));
    return kept;
  }

  #remove(id: number): boolean {
    const node = this.#nodes.get(id);
    if (!node?.parent) return false;
    const { children } = node.parent;
    children.splice(children.indexOf(node), 1);
    touch(node.parent);
    this.#drop(node);
    return true;
  }

  #drop({ id, children }: Mirrored): void {
    this.#nodes.delete(id);
    for (const child of children) this.#drop(child);
  }

  #change(change: Partial<Change> | null): boolean {
    if (typeof change !== "object" || change === null) return false;
    const { id, parent, at, order } = change;
    const own = change.node;
    if (parent != null) return this.#add(id, this.#nodes.get(parent), at, own);
    const known = this.#nodes.get(id as number);
    if (!known) return false;
    if (own != null && !isMap(own)) return false;
    if (own != null) known.own = own;
    touch(known);
    return order == null || (Array.isArray(order) && this.#reorder(known, order));
  }

  #add(id: unknown, parent: Mirrored | undefined, at: unknown, own: TreeNode | null | undefined): boolean {
    if (typeof id !== "number" || this.#nodes.has(id) || !parent || !isMap(own)) return false;
    if (!Number.isInteger(at) || (at as number) < 0 || (at as number) > parent.children.length) return false;
    const added: Mirrored = { id, parent, own, children: [], drawn: undefined };
    this.#nodes.set(id, added);
    parent.children.splice(at as number, 0, added);
    touch(parent);
    return true;
  }

  #reorder(node: Mirrored, order: readonly number[]): boolean {
    const children = order.map((id) => this.#nodes.get(id));
    const { length } = node.children;
    const whole = children.length === length && new Set(children).size === length;
    const fits = whole && children.every((child) => child?.parent === node);
    if (fits) node.children = children as Mirrored[];
    return fits;
  }
}

interface Change {
  readonly id: number;
  readonly parent: number | null;
  readonly at: number | null;
  readonly node: TreeNode | null;
  readonly order: readonly number[] | null;
}

function isMap(value: unknown): value is TreeNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** It and what is above it is to be drawn anew. */
function touch(node: Mirrored | undefined): void {
  for (let above = node; above?.drawn; above = above.parent) above.drawn = undefined;
}

function draw(node: Mirrored): TreeNode {
  node.drawn ??= node.own.children == null ? node.own : { ...node.own, children: node.children.map(draw) };
  return node.drawn;
}
