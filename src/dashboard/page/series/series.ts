import type { TreeNode } from "../../../system/tree.js";
import { type Point, Points } from "./points.js";

/** Units of which a series is kept; of the others the tree says what is now. */
const UNITS_KEPT = 2000;

/** The latest looks at each unit of the tree, by path. */
export class Series {
  readonly #points = new Map<string, Points>();
  /** How much each pool had answered at the look before, and when that was. */
  readonly #answered = new Map<string, number>();
  #at = 0;

  of(path: string): Points | undefined {
    return this.#points.get(path);
  }

  /**
   * Takes what the tree says: mailboxes, members, and the rate of pools.
   * @param at milliseconds since 1970
   */
  look(tree: TreeNode, at: number): void {
    const passed = at - this.#at;
    const seen = new Set<string>();
    const take = (node: TreeNode) => {
      if (!seen.has(node.path)) {
        seen.add(node.path);
        this.#add(node, at, passed);
      }
      node.children?.forEach(take);
    };
    take(tree);
    this.#at = at;
    for (const path of this.#points.keys()) {
      if (!seen.has(path)) {
        this.#points.delete(path);
        this.#answered.delete(path);
      }
    }
  }

  /** Another server, or none: what was counted before says nothing any more. */
  clear(): void {
    this.#points.clear();
    this.#answered.clear();
  }

  #add({ path, answered, mailbox, scaling }: TreeNode, at: number, passed: number): void {
    const before = this.#answered.get(path);
    if (answered !== undefined) this.#answered.set(path, answered);
    if (!mailbox && !scaling && answered === undefined) return;
    const point: Point = {
      rate:
        answered === undefined || before === undefined ? Number.NaN : (Math.max(0, answered - before) * 1000) / passed,
      failed: Number.NaN,
      p50: Number.NaN,
      p99: Number.NaN,
      waiting: mailbox?.waiting ?? Number.NaN,
      executing: mailbox?.executing ?? Number.NaN,
      members: scaling?.ready ?? Number.NaN,
    };
    let points = this.#points.get(path);
    if (!points) {
      if (this.#points.size >= UNITS_KEPT) return;
      points = new Points();
      this.#points.set(path, points);
    }
    points.add(at, point);
  }
}
