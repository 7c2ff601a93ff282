import { describe, expect, test } from "vitest";
import { treeMove } from "../../../src/dashboard/page/tree/tree-keys.js";
import { FOLDED_FROM, isTrouble, nodeOf, treeLines } from "../../../src/dashboard/page/tree/tree-lines.js";
import type { TreeNode } from "../../../src/system/tree.js";

const node = (path: string, more: Partial<TreeNode> = {}): TreeNode => ({
  path,
  name: path.split("/").at(-1)!,
  kind: "actor",
  state: "running",
  restarts: 0,
  ...more,
});
const group = (path: string, count: number, more: (index: number) => Partial<TreeNode> = () => ({})) =>
  node(path, { kind: "pool", children: Array.from({ length: count }, (_, i) => node(`${path}/${i}`, more(i))) });
const root = (...children: TreeNode[]) => node("app", { kind: "supervisor", children });
const all = { turned: new Set<string>(), query: "", trouble: false };
const paths = (lines: { node: TreeNode }[]) => lines.map((line) => line.node.path);

describe("the lines of the page's tree", () => {
  test("come parents first, and know their place among their siblings", () => {
    const lines = treeLines(root(group("app/a", 2), node("app/b")), all);
    expect(
      lines.map(({ node: { path }, depth, place, siblings, open }) => [path, depth, place, siblings, open]),
    ).toEqual([
      ["app", 0, 1, 1, true],
      ["app/a", 1, 1, 2, true],
      ["app/a/0", 2, 1, 2, undefined],
      ["app/a/1", 2, 2, 2, undefined],
      ["app/b", 1, 2, 2, undefined],
    ]);
  });

  test("begin folded where many are, and count what is inside and does not run", () => {
    const tree = root(group("app/a", FOLDED_FROM, (i) => (i % 10 === 0 ? { state: "waiting" } : {})));
    const [, folded, ...rest] = treeLines(tree, all);
    expect(rest).toEqual([]);
    expect(folded).toMatchObject({ open: false, below: FOLDED_FROM, down: FOLDED_FROM / 10 });
    const opened = treeLines(tree, { ...all, turned: new Set([folded!.id]) });
    expect(opened).toHaveLength(2 + FOLDED_FROM);
    expect(opened[1]).toMatchObject({ open: true, below: 0 });
  });

  test("show a match with all that is above it, whatever is folded", () => {
    const tree = root(group("app/a", 100), group("app/b", 3));
    expect(paths(treeLines(tree, { ...all, query: "A/77" }))).toEqual(["app", "app/a", "app/a/77"]);
    expect(treeLines(tree, { ...all, query: "nothing like it" })).toEqual([]);
  });

  test("show only trouble when asked: what does not run, is busy, or gets no mail", () => {
    const busy = { method: "classify", ageMs: 2000 };
    const tree = root(
      group(
        "app/a",
        4,
        (i) => [{ state: "quarantined" as const }, { busy }, { ejected: { why: "slow", leftMs: 1 } }][i] ?? {},
      ),
      node("app/b"),
    );
    expect(paths(treeLines(tree, { ...all, trouble: true }))).toEqual([
      "app",
      "app/a",
      "app/a/0",
      "app/a/1",
      "app/a/2",
    ]);
  });

  test("tell a group whose members are all down in their state, and count it as trouble", () => {
    const down = group("app/down", 2, () => ({ state: "quarantined" }));
    const half = group("app/half", 2, (i) => (i === 0 ? { state: "waiting" } : {}));
    const tree = root(down, half);
    const told = (filter: typeof all) =>
      Object.fromEntries(treeLines(tree, filter).map((line) => [line.node.path, line.state]));
    expect(told(all)).toMatchObject({ app: "running", "app/down": "quarantined", "app/half": "running" });
    expect(told({ ...all, trouble: true })).toMatchObject({ app: "running", "app/down": "quarantined" });
    expect([down, half].map(isTrouble)).toEqual([true, false]);
  });

  test("lead back to their nodes, also where a key is called like a cell, and to none that is gone", () => {
    const key = node("app/ears/cell-1");
    const tree = root(
      node("app/ears", { kind: "keyed", children: [node("app/ears/cell-1", { kind: "cell", children: [key] }), key] }),
    );
    for (const line of treeLines(tree, all)) expect(nodeOf(tree, line.id)).toBe(line.node);
    const last = treeLines(tree, all).at(-1)!;
    expect(nodeOf(root(), last.id)).toBeUndefined();
  });
});

describe("the keys of the page's tree", () => {
  const lines = treeLines(root(group("app/a", 2), group("app/b", FOLDED_FROM)), all);
  test.for([
    ["ArrowDown", 0, { to: 1 }],
    ["ArrowDown", 4, { to: 4 }],
    ["ArrowUp", 0, { to: 0 }],
    ["PageDown", 0, { to: 3 }],
    ["PageUp", 4, { to: 1 }],
    ["End", 0, { to: 4 }],
    ["Home", 4, { to: 0 }],
    ["ArrowRight", 1, { to: 2 }],
    ["ArrowRight", 2, { to: 2 }],
    ["ArrowRight", 4, { turn: lines[4]!.id }],
    ["ArrowLeft", 1, { turn: lines[1]!.id }],
    ["ArrowLeft", 2, { to: 1 }],
    ["ArrowLeft", 4, { to: 0 }],
    ["Enter", 3, { choose: 3 }],
    [" ", 3, { choose: 3 }],
    ["Tab", 3, undefined],
    ["x", 3, undefined],
    ["ArrowDown", -1, { to: 0 }],
    ["Enter", -1, undefined],
  ] as const)("%s at line %d", ([key, at, move]) => {
    expect(treeMove(key, lines, at, 3)).toEqual(move);
  });

  test("lead from a line that a filter holds open to what it is below: there is nothing to fold", () => {
    const filtered = treeLines(root(group("app/a", 2), group("app/b", 2)), { ...all, query: "b/1" });
    expect(paths(filtered)).toEqual(["app", "app/b", "app/b/1"]);
    expect(treeMove("ArrowLeft", filtered, 2, 3)).toEqual({ to: 1 });
    expect(treeMove("ArrowLeft", filtered, 1, 3)).toEqual({ to: 0 });
    expect(treeMove("ArrowLeft", filtered, 0, 3)).toEqual({ to: 0 });
    expect(treeMove("ArrowRight", filtered, 1, 3)).toEqual({ to: 2 });
  });

  test("do nothing where there is no line", () => {
    for (const key of ["ArrowDown", "Home", "Enter"]) expect(treeMove(key, [], -1, 3)).toBeUndefined();
  });
});
