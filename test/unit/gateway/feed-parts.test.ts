import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connect } from "../../../src/client/node.js";
import { StatsMirror } from "../../../src/client/stats-mirror.js";
import { TreeMirror } from "../../../src/client/tree-mirror.js";
import type { News } from "../../../src/client/watching.js";
import { diffParts, statsParts, treeParts } from "../../../src/gateway/feed-parts.js";
import { gateway } from "../../../src/gateway/gateway.js";
import { StatsLog } from "../../../src/observe/feed/stats-log.js";
import { TreeLog } from "../../../src/observe/feed/tree-log.js";
import { decodeFrame, encodeFrame } from "../../../src/protocol/codec.js";
import type { ServerFrame, StatsFrame } from "../../../src/protocol/frames.js";
import { parseServerFrame } from "../../../src/protocol/validate.js";
import type { TreeNode } from "../../../src/system/tree.js";
import { fakeApp } from "./fake-app.js";

/** As it arrives at the other end: a frame that is more than a frame may be is refused there. */
function sent<F extends ServerFrame>(frame: F): F {
  return parseServerFrame(decodeFrame(encodeFrame(frame, "binary"))) as F;
}

/** Node n hangs below an earlier one, `parents[n - 1]` of them up; `fields` makes two that have one number differ. */
function grown(parents: readonly number[], fields: (n: number) => Partial<TreeNode> = () => ({})): TreeNode {
  const nodes: (TreeNode & { children: TreeNode[] })[] = [];
  for (let n = 0; n <= parents.length; n++) {
    const name = `n${n}`;
    const node = { path: name, name, kind: "supervisor", state: "running", restarts: 0, ...fields(n), children: [] };
    if (n > 0) nodes[(parents[n - 1]! * 7919) % n]!.children.push(node as TreeNode);
    nodes.push(node as unknown as TreeNode & { children: TreeNode[] });
  }
  return nodes[0]!;
}

/** A chain: each node below the one before it. */
function chain(levels: number): TreeNode {
  let node: TreeNode | undefined;
  for (let n = levels; n > 0; n--) {
    const name = `n${n}`;
    node = { path: name, name, kind: "supervisor", state: "running", restarts: 0, children: node ? [node] : [] };
  }
  return node!;
}

/** What somebody sees who gets the whole tree. */
function shown(log: TreeLog, mirror: TreeMirror): TreeNode {
  const [first, ...rest] = treeParts(log).map(sent);
  if (first!.type !== "tree") throw new Error("it begins with a tree");
  let tree: TreeNode | "more" | undefined = mirror.reset(first!);
  for (const [i, part] of rest.entries()) {
    if (part.type !== "tree-diff") throw new Error("diffs follow");
    tree = mirror.apply(part);
    expect(tree === "more").toBe(i < rest.length - 1);
  }
  return tree as TreeNode;
}

describe("a tree in parts", () => {
  test("is the whole tree at the other end, whatever its form, and every later diff fits it", () => {
    const trees = fc.integer({ min: 0, max: 4000 }).chain((size) =>
      fc.record({
        before: fc.array(fc.nat(1e6), { minLength: size, maxLength: size }),
        after: fc.array(fc.nat(1e6), { minLength: size >> 1, maxLength: size + 1500 }),
        restarts: fc.nat(3),
      }),
    );
    const run = ({ before, after, restarts }: { before: number[]; after: number[]; restarts: number }) => {
      const log = new TreeLog();
      const mirror = new TreeMirror();
      const first = grown(before);
      log.look(first);
      expect(shown(log, mirror)).toEqual(first);
      const second = grown(after, (n) => ({ restarts: n % 3 === 0 ? restarts : 0 }));
      const diff = log.look(second);
      let seen: TreeNode | "more" | undefined = first;
      for (const part of diff ? diffParts(diff) : []) seen = mirror.apply(sent(part));
      expect(seen).toEqual(second);
      // Who comes now sees the same.
      expect(shown(log, new TreeMirror())).toEqual(second);
    };
    fc.assert(fc.property(trees, run), { numRuns: 25 });
  });

  test("holds 100,000 nodes below one, and 500 levels", () => {
    for (const tree of [grown(Array<number>(100_000).fill(0)), chain(500)]) {
      const log = new TreeLog();
      log.look(tree);
      const mirror = new TreeMirror();
      // Not compared node by node by the test's own means: at such sizes these are slow, or recurse too deep.
      expect(JSON.stringify(shown(log, mirror))).toBe(JSON.stringify(tree));
    }
  });

  test("is one frame, as ever, where it fits", () => {
    const log = new TreeLog();
    log.look(grown(Array<number>(900).fill(0)));
    expect(treeParts(log)).toEqual([{ type: "tree", ...log.whole }]);
  });
});

test("counters of 30,000 units arrive as they are, and their changes", () => {
  const app = fakeApp({});
  const unit = (n: number, answered: number) => ({ path: `app/${n}`, name: `${n}`, kind: "actor", answered });
  const log = new StatsLog();
  const mirror = new StatsMirror();
  const look = (answered: number) => {
    const units = Array.from({ length: 30_000 }, (_, n) => unit(n, answered)) as never;
    return log.look({ ...app.counted, units });
  };
  const heard = (frame: StatsFrame) => statsParts(frame).map((part) => mirror.apply(sent(part)));
  const diff = look(1);
  const first = heard({ type: "stats", at: 1, ...diff, ...log.whole });
  expect(first.slice(0, -1).every((one) => one === "more")).toBe(true);
  expect(first.length).toBeGreaterThan(1);
  expect(first.at(-1)).toMatchObject({ units: { length: 30_000 } });
  const second = heard({ type: "stats", at: 2, ...look(2) }).at(-1);
  const { units } = second as unknown as { units: { answered: number }[] };
  expect(units).toHaveLength(30_000);
  expect(units.every(({ answered }) => answered === 2)).toBe(true);
});

test("a client that watches hears of a deep tree once it is complete, with the reports", async () => {
  const app = fakeApp({ math: {} });
  const tree = chain(200);
  Object.assign(app, { tree: () => tree });
  const door = await gateway(app, { port: 0, expose: {} });
  const client = await connect(door.url);
  try {
    const news = await new Promise<News>((resolve) => client.watch(resolve));
    expect(news).toMatchObject({ type: "tree", reports: [] });
    expect(JSON.stringify((news as { tree: TreeNode }).tree)).toBe(JSON.stringify(tree));
  } finally {
    client.close();
    await door.close({ drain: 0 });
  }
});
