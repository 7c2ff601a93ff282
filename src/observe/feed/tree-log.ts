import type { TreeNode } from "../../system/tree.js";
import { sameButAge } from "./same-but-age.js";

/** The fields of a node without its children: an empty list stands for whatever is below it. */
export type OwnFields = Omit<TreeNode, "children"> & { readonly children?: readonly never[] };

/** What has become of one node. */
export interface TreeChange {
  readonly id: number;
  /** Of a new node: what it is below. */
  readonly parent?: number;
  /** Of a new node: its place among its siblings, once those before it in the same list are there. */
  readonly at?: number;
  /** Its fields, all of them, where one has changed. */
  readonly node?: OwnFields;
  /** The ids of its children, all of them, where those that stayed have another order. */
  readonly order?: readonly number[];
}

/** From one revision of the tree to the next. Ids that are gone take with them what is below. */
export interface TreeDiff {
  readonly from: number;
  readonly to: number;
  readonly removed: readonly number[];
  readonly changed: readonly TreeChange[];
}

/** A tree with the ids of its nodes, parents before children and siblings in their order. */
export interface WholeTree {
  readonly revision: number;
  readonly tree: TreeNode;
  readonly ids: readonly number[];
}

interface Kept {
  readonly id: number;
  own: OwnFields;
  children: Kept[];
}

/**
 * What the tree was when it was looked at last, and so what is different now. It keeps the fields of each node and nothing of
 * the tree itself; a node has a number of its own for as long as its parent has a child of that kind and name.
 *
 *   app.tree() ─▶ look() ─▶ { from: 7, to: 8, removed: [12], changed: [{ id: 4, node }, { id: 31, parent: 4, at: 2, node }] }
 *                   └── nothing is different ─▶ undefined, and the revision stays
 */
export class TreeLog {
  #revision = 0;
  #lastId = 0;
  #root: Kept | undefined;
  #whole: WholeTree | undefined;

  /** @returns what is different since the last look; undefined for nothing, and for the first look, which has no before */
  look(tree: TreeNode): TreeDiff | undefined {
    if (!this.#root) {
      this.#root = this.#kept(tree);
      this.#revision = 1;
      return undefined;
    }
    const removed: number[] = [];
    const changed: TreeChange[] = [];
    this.#visit(this.#root, tree, removed, changed);
    if (removed.length === 0 && changed.length === 0) return undefined;
    this.#whole = undefined;
    this.#revision += 1;
    return { from: this.#revision - 1, to: this.#revision, removed, changed };
  }

  /** The tree of the last look. @throws Error before the first */
  get whole(): WholeTree {
    if (!this.#root) throw new Error("the tree was not looked at yet");
    const ids: number[] = [];
    this.#whole ??= { revision: this.#revision, tree: drawn(this.#root, ids), ids };
    return this.#whole;
  }

  /** That nothing is different from what the last look has told. */
  get still(): TreeDiff {
    return { from: this.#revision, to: this.#revision, removed: [], changed: [] };
  }

  /** The same tree as changes: its root, and what is added to it, parents before children. @throws Error as above */
  get everything(): readonly TreeChange[] {
    if (!this.#root) throw new Error("the tree was not looked at yet");
    const { id, own, children } = this.#root;
    const changed: TreeChange[] = [{ id, node: own }];
    for (const [at, child] of children.entries()) tell(child, id, at, changed);
    return changed;
  }

  #kept(node: TreeNode): Kept {
    this.#lastId += 1;
    const kept: Kept = { id: this.#lastId, own: ownFields(node), children: [] };
    for (const child of node.children ?? []) kept.children.push(this.#kept(child));
    return kept;
  }

  #visit(kept: Kept, node: TreeNode, removed: number[], changed: TreeChange[]): void {
    const own = sameOwn(kept.own, node) ? undefined : ownFields(node);
    if (own) {
      kept.own = own;
      changed.push({ id: kept.id, node: own });
    }
    const children = node.children ?? [];
    // Most looks find the same children: no table is made for them.
    if (sameNames(kept.children, children)) {
      for (let i = 0; i < children.length; i++) this.#visit(kept.children[i]!, children[i]!, removed, changed);
    } else {
      this.#pair(kept, children, removed, changed);
    }
  }

  /** Finds for each child what it was before; what is left over is gone. */
  #pair(kept: Kept, children: readonly TreeNode[], removed: number[], changed: TreeChange[]): void {
    const before = new Map<string, Kept[]>();
    for (const child of kept.children) {
      const name = nameOf(child.own);
      const same = before.get(name);
      if (same) same.push(child);
      else before.set(name, [child]);
    }
    const found = children.map((child) => before.get(nameOf(child))?.shift());
    for (const gone of before.values()) for (const { id } of gone) removed.push(id);
    const stayed = found.filter((child) => child !== undefined);
    const moved = !inOrderOf(kept.children, stayed);
    kept.children = children.map((child, at) => {
      const old = found[at];
      if (old) {
        this.#visit(old, child, removed, changed);
        return old;
      }
      const added = this.#kept(child);
      tell(added, kept.id, at, changed);
      return added;
    });
    if (moved) changed.push({ id: kept.id, order: kept.children.map(({ id }) => id) });
  }
}

/** A node that is new, and all that is below it. */
function tell({ id, own, children }: Kept, parent: number, at: number, changed: TreeChange[]): void {
  changed.push({ id, parent, at, node: own });
  for (const [index, child] of children.entries()) tell(child, id, index, changed);
}

function drawn({ id, own, children }: Kept, ids: number[]): TreeNode {
  ids.push(id);
  return own.children === undefined ? own : { ...own, children: children.map((child) => drawn(child, ids)) };
}

/** Siblings may have one name, where they are of two kinds: a key may be called like a cell. */
function nameOf({ kind, name }: OwnFields | TreeNode): string {
  return `${kind} ${name}`;
}

function sameNames(kept: readonly Kept[], nodes: readonly TreeNode[]): boolean {
  if (kept.length !== nodes.length) return false;
  return nodes.every(({ kind, name }, i) => kept[i]!.own.kind === kind && kept[i]!.own.name === name);
}

/** Whether those that stayed come in the order in which they were. */
function inOrderOf(before: readonly Kept[], stayed: readonly Kept[]): boolean {
  let next = 0;
  for (const child of before) if (child === stayed[next]) next += 1;
  return next === stayed.length;
}

/** A copy: nobody else's hands are on it when it is compared with what comes next. */
function ownFields(node: TreeNode): OwnFields {
  const own: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(node)) {
    if (value === undefined) continue;
    if (field === "children") own.children = [];
    else own[field] = typeof value === "object" ? structuredClone(value) : value;
  }
  return own as unknown as OwnFields;
}

function sameOwn(own: OwnFields, node: TreeNode): boolean {
  const before = own as unknown as Record<string, unknown>;
  const now = node as unknown as Record<string, unknown>;
  let fields = 0;
  for (const field in now) {
    if (now[field] === undefined) continue;
    fields += 1;
    if (field === "children" ? before.children === undefined : !sameButAge(before[field], now[field])) return false;
  }
  for (const _ in before) fields -= 1;
  return fields === 0;
}
