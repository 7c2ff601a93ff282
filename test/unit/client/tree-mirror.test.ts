import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TreeMirror } from "../../../src/client/tree-mirror.js";
import { TreeLog } from "../../../src/observe/feed/tree-log.js";
import { decodeFrame, encodeFrame } from "../../../src/protocol/codec.js";
import type { ServerFrame, TreeDiffFrame, TreeFrame } from "../../../src/protocol/frames.js";
import { parseServerFrame } from "../../../src/protocol/validate.js";
import type { Format } from "../../../src/protocol/values.js";
import type { TreeNode } from "../../../src/system/tree.js";

/** As it arrives at the other end. */
function sent<F extends ServerFrame>(frame: F, format: Format): F {
  return parseServerFrame(decodeFrame(encodeFrame(frame, format))) as F;
}

function whole(log: TreeLog): TreeFrame {
  const { tree, revision, ids } = log.whole;
  return { type: "tree", tree, revision, ids };
}

const hostile = ["a", "b", "c/d", "<img src=x>", '"', "\n\u001b[2J", "é\u0000", "constructor", "\u202eegap"];
const names = fc.oneof(fc.constantFrom(...hostile), fc.string({ maxLength: 4 }));
const mailbox = fc.record({ waiting: fc.nat(3), executing: fc.nat(1), capacity: fc.constant(8) });
const { node } = fc.letrec<{ node: TreeNode }>((tie) => ({
  node: fc.record(
    {
      path: names,
      name: names,
      kind: fc.constantFrom("supervisor", "pool", "keyed", "actor", "cell"),
      state: fc.constantFrom("running", "waiting", "quarantined"),
      restarts: fc.nat(2),
      reason: fc.option(names, { nil: undefined }),
      mailbox,
      children: fc.array(tie("node"), { maxLength: 4 }),
    },
    { requiredKeys: ["path", "name", "kind", "state", "restarts"] },
  ),
}));
/** Of one tree, as it is at one look after the other: most nodes stay, some change, come, go, or change places. */
const steps = fc.array(fc.record({ tree: node, seed: fc.nat() }), { minLength: 1, maxLength: 8 });

/** The tree with some of its nodes as they are in another one. */
function grafted(tree: TreeNode, other: TreeNode, seed: number): TreeNode {
  const { children, ...own } = tree;
  const { children: others = [], ...otherOwn } = other;
  const kept = { ...(seed % 3 === 0 ? { ...otherOwn, name: own.name, kind: own.kind } : own) };
  if (!children) return seed % 5 === 0 && others.length > 0 ? { ...kept, children: others } : kept;
  const mixed = children.map((child, i) => (others[i] ? grafted(child, others[i], seed >> 1) : child));
  const list = [...mixed, ...others.slice(mixed.length)].filter((_, i) => (seed >> i) % 7 !== 0);
  return { ...kept, children: seed % 4 === 0 ? list.reverse() : list };
}

describe("a tree rebuilt from diffs", () => {
  test.each<Format>(["binary", "text"])("equals the tree after any sequence of changes (%s)", (format) => {
    const run = (first: TreeNode, changes: { tree: TreeNode; seed: number }[]) => {
      const log = new TreeLog();
      const mirror = new TreeMirror();
      log.look(first);
      expect(mirror.reset(sent(whole(log), format))).toEqual(first);
      let tree = first;
      for (const { tree: other, seed } of changes) {
        const before = tree;
        tree = grafted(tree, other, seed);
        const diff = log.look(tree);
        if (diff) expect(mirror.apply(sent({ type: "tree-diff", ...diff }, format))).toEqual(tree);
        else expect(before).toEqual(tree);
        expect(log.whole.tree).toEqual(tree);
        // Whoever comes now sees the same, and can go on from here.
        expect(new TreeMirror().reset(sent(whole(log), format))).toEqual(tree);
      }
    };
    fc.assert(fc.property(node, steps, run), { numRuns: 150 });
  });

  const leaf = (name: string, waiting = 0): TreeNode => ({
    path: `app/${name}`,
    name,
    kind: "actor",
    state: "running",
    restarts: 0,
    mailbox: { waiting, executing: 0, capacity: 8 },
  });
  const app = (children: TreeNode[]): TreeNode => ({
    path: "app",
    name: "app",
    kind: "supervisor",
    state: "running",
    restarts: 0,
    children,
  });
  const followed = (tree: TreeNode) => {
    const log = new TreeLog();
    const mirror = new TreeMirror();
    log.look(tree);
    mirror.reset(sent(whole(log), "binary"));
    return { log, mirror };
  };
  const next = (log: TreeLog, tree: TreeNode): TreeDiffFrame =>
    sent({ type: "tree-diff", ...log.look(tree)! }, "binary");

  test("says of a thousand actors only those that have changed, and keeps the others as the same objects", () => {
    const children = Array.from({ length: 1000 }, (_, i) => leaf(`a${i}`));
    const { log, mirror } = followed(app(children));
    const diff = next(log, app(children.map((child, i) => (i === 7 ? leaf("a7", 3) : child))));
    expect(diff.changed).toMatchObject([{ node: { name: "a7", mailbox: { waiting: 3 } } }]);
    const before = mirror.apply(diff) as TreeNode;
    const after = mirror.apply(next(log, app(children))) as TreeNode;
    expect(after.children![8]).toBe(before.children![8]);
    expect(after.children![7]).not.toBe(before.children![7]);
    expect(log.look(app(children))).toBeUndefined();
  });

  test("refuses what does not follow: another revision, unknown nodes, and garbage; and then everything until a whole tree", () => {
    const tree = app([leaf("a"), leaf("b")]);
    const broken = (frame: object) => ({ type: "tree-diff", removed: [], changed: [], from: 1, to: 2, ...frame });
    const wrong = [
      { from: 0, to: 1 },
      { removed: [99] },
      { removed: [1] },
      { removed: ["x"] },
      { changed: [null] },
      { changed: [7] },
      { changed: [{ id: 99, node: {} }] },
      { changed: [{ id: 4, parent: 99, at: 0, node: {} }] },
      { changed: [{ id: 4, parent: 1, at: -1, node: {} }] },
      { changed: [{ id: 4, parent: 1, at: 3, node: {} }] },
      { changed: [{ id: 2, parent: 1, at: 0, node: {} }] },
      { changed: [{ id: 4, parent: 1, at: 0, node: "x" }] },
      { changed: [{ id: 1, order: [2] }] },
      { changed: [{ id: 1, order: [2, 2] }] },
      { changed: [{ id: 1, order: [2, 3, 3] }] },
      { changed: [{ id: 1, order: "23" }] },
    ];
    for (const frame of wrong) {
      const { log, mirror } = followed(tree);
      expect(mirror.apply(broken(frame) as TreeDiffFrame), JSON.stringify(frame)).toBeUndefined();
      const diff = next(log, app([leaf("a", 1), leaf("b")]));
      if (frame.from !== 0) expect(mirror.apply(diff)).toBeUndefined();
      mirror.reset(sent(whole(log), "binary"));
      expect(mirror.apply(next(log, tree))).toEqual(tree);
    }
  });

  test("holds what is there now and no more, in a tab that is open for days", () => {
    const { log, mirror } = followed(app([]));
    for (let n = 0; n < 5000; n++) {
      // Members come and go under ever new names, and some take whole families with them.
      const families = { ...leaf(`pool${n % 50}`), children: [leaf(`m${n}`), leaf(`m${n + 1}`)] };
      const tree = app([leaf(`k${n}`), families, leaf(`k${n + 3}`)]);
      expect(mirror.apply({ type: "tree-diff", ...log.look(tree)! })).toEqual(tree);
      expect(mirror.size).toBe(6);
    }
  });

  test("follows nothing after a tree whose ids do not fit", () => {
    for (const ids of [[1], [1, 2, 3, 4], [1, 2, 2], undefined]) {
      const mirror = new TreeMirror();
      const frame = { type: "tree" as const, tree: app([leaf("a"), leaf("b")]), revision: 1, ...(ids && { ids }) };
      expect(mirror.reset(frame)).toEqual(frame.tree);
      expect(mirror.apply({ type: "tree-diff", from: 1, to: 2, removed: [], changed: [] })).toBeUndefined();
    }
  });
});
