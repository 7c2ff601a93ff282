import type { TreeDiff, TreeLog } from "../observe/feed/tree-log.js";
import type { StatsFrame, TreeDiffFrame, TreeFrame } from "../protocol/frames.js";
import type { TreeNode } from "../system/tree.js";

/** So many nodes, changes or rows always fit a frame. */
const IN_ONE = 1000;
/** A frame is 32 levels at most, and each level of the tree takes two of them. */
const LEVELS = 10;
/** Of a part, as JSON: no more values than a frame may hold, and no more bytes than one wants to wait behind. */
const PART_CHARACTERS = 256 * 1024;

/**
 * The tree of the last look as frames. One that is too large or too deep for a frame is its root, and the rest as additions to it:
 * all of one revision, so that what follows is what everybody gets.
 *
 *   tree{7, the root alone, more} ─▶ tree-diff{7 ▸ 7, more} ─▶ … ─▶ tree-diff{7 ▸ 7} ─▶ tree-diff{7 ▸ 8}
 */
export function treeParts(log: TreeLog): readonly [TreeFrame, ...TreeDiffFrame[]] {
  const { tree, revision, ids } = log.whole;
  if (ids.length <= IN_ONE && !isDeeper(tree, LEVELS)) return [{ type: "tree", tree, revision, ids }];
  const [root, ...rest] = log.everything;
  const first: TreeFrame = { type: "tree", tree: root!.node, revision, ids: [root!.id], more: true };
  return [first, ...diffParts({ from: revision, to: revision, removed: [], changed: rest })];
}

/** A diff as frames: those before the last one lead to no new revision. */
export function diffParts({ from, to, removed, changed }: TreeDiff): readonly TreeDiffFrame[] {
  return inParts(changed).map((part, i, { length }): TreeDiffFrame => {
    const gone = i === 0 ? removed : [];
    if (i === length - 1) return { type: "tree-diff", from, to, removed: gone, changed: part };
    return { type: "tree-diff", from, to: from, removed: gone, changed: part, more: true };
  });
}

/** The same for counters: the first part takes away, the others add. */
export function statsParts(frame: StatsFrame): readonly StatsFrame[] {
  const { to, units } = frame;
  return inParts(units).map((part, i, { length }): StatsFrame => {
    const more = i < length - 1 ? { more: true } : {};
    if (i === 0) return length === 1 ? frame : { ...frame, units: part, ...more };
    return { ...frame, from: to, gone: [], units: part, ...more };
  });
}

function isDeeper({ children = [] }: TreeNode, levels: number): boolean {
  return levels === 0 || children.some((child) => isDeeper(child, levels - 1));
}

/** In their order; at least one part. */
function inParts<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length <= IN_ONE) return [list];
  const parts: T[][] = [];
  let part: T[] = [];
  let left = 0;
  for (const one of list) {
    const characters = JSON.stringify(one).length;
    if (characters > left || part.length === 0) {
      part = [];
      parts.push(part);
      left = PART_CHARACTERS;
    }
    part.push(one);
    left -= characters;
  }
  return parts;
}
