import { rowId } from "../../observe/tree-rows.js";
import type { TreeNode } from "../../system/tree.js";

/** What happened to a node since it was shown before. */
export interface Change {
  readonly kind: "new" | "changed";
  /** Restarts since then. */
  readonly restarts: number;
}

/** By the id of its row. */
export type Changes = ReadonlyMap<string, Change>;

/**
 * Remembers the tree that was shown last, and says of the next one what is new about it. A restart is over in
 * milliseconds and the next tree comes at once, so an eye needs the mark for longer than one frame: `holdMs`.
 */
export class TreeChanges {
  readonly #holdMs: number;
  readonly #held = new Map<string, Change & { readonly until: number }>();
  #before: Map<string, TreeNode> | undefined;

  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  /** @param now monotonic milliseconds */
  next(root: TreeNode, now: number): Changes {
    for (const [id, { until }] of this.#held) if (until <= now) this.#held.delete(id);
    const nodes = byId(root);
    const before = this.#before;
    if (before) for (const [id, node] of nodes) this.#compare(id, before.get(id), node, now);
    for (const id of this.#held.keys()) if (!nodes.has(id)) this.#held.delete(id);
    this.#before = nodes;
    return new Map(this.#held);
  }

  /** When the first of the marks is over, if there are any. */
  get until(): number | undefined {
    const times = [...this.#held.values()].map(({ until }) => until);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** The next tree is another server's, or that of a server that started anew: nothing in it is a change. */
  forget(): void {
    this.#before = undefined;
    this.#held.clear();
  }

  #compare(id: string, before: TreeNode | undefined, node: TreeNode, now: number): void {
    const until = now + this.#holdMs;
    if (!before) {
      this.#held.set(id, { kind: "new", restarts: 0, until });
      return;
    }
    const restarts = Math.max(0, node.restarts - before.restarts);
    const same = node.state === before.state && node.incarnation === before.incarnation;
    if (restarts === 0 && same && node.scaling?.members === before.scaling?.members) return;
    const held = this.#held.get(id);
    this.#held.set(id, { kind: held?.kind ?? "changed", restarts: restarts + (held?.restarts ?? 0), until });
  }
}

function byId(root: TreeNode): Map<string, TreeNode> {
  const nodes = new Map<string, TreeNode>();
  const walk = (node: TreeNode, parent: string) => {
    const id = rowId(parent, node);
    nodes.set(id, node);
    for (const child of node.children ?? []) walk(child, id);
  };
  walk(root, "");
  return nodes;
}
