import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { painter, showsColour } from "../../../src/cli/terminal/paint.js";
import { columnsOf, oneLine, shortened } from "../../../src/cli/terminal/terminal-text.js";
import { branchAt } from "../../../src/cli/tree/tree-branch.js";
import { TreeChanges } from "../../../src/cli/tree/tree-changes.js";
import { treeLines } from "../../../src/cli/tree/tree-lines.js";
import { stateMarks, type TreeNode } from "../../../src/system/tree.js";

function node(path: string, more: Partial<TreeNode> = {}): TreeNode {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return { path, name, kind: "actor", state: "running", restarts: 0, ...more };
}

function app(...children: TreeNode[]): TreeNode {
  return node("app", { kind: "supervisor", children });
}

describe("the tree in a terminal", () => {
  it("has a line a node, guides between them, and names, kinds and states in columns", () => {
    const mailbox = { waiting: 2, executing: 1, capacity: 1000 };
    const tree = app(
      node("app/speech", {
        kind: "keyed",
        children: [node("app/speech/cell-1", { kind: "cell", host: "thread 3", isolation: "thread", spare: "ready" })],
      }),
      node("app/read", { kind: "pool", mailbox, children: [node("app/read/1", { restarts: 2 }), node("app/read/2")] }),
    );
    expect(treeLines(tree, { width: 80 })).toEqual([
      "  ● app           supervisor  running",
      "  ├─ ● speech     keyed       running",
      "  │  └─ ● cell-1  cell        running  thread 3  spare ready",
      "  └─ ● read       pool        running  mail 2+1/1000",
      "     ├─ ● 1       actor       running  restarts 2",
      "     └─ ● 2       actor       running",
    ]);
  });

  it("points at what does not run, with its reason: in its line, or below where that is too narrow", () => {
    const tree = app(
      node("app/a", { state: "waiting", restarts: 1, reason: "exit 1" }),
      node("app/b", {
        state: "quarantined",
        kind: "pool",
        reason: "cannot open /var/lib/models/a-long-name.onnx: no such file",
        children: [node("app/b/1")],
      }),
    );
    expect(treeLines(tree, { width: 60 })).toEqual([
      "  ● app      supervisor  running",
      "! ├─ ◔ a     actor       waiting      restarts 1  (exit 1)",
      "! └─ ✕ b     pool        quarantined",
      "     │   (cannot open /var/lib/models/a-long-name.onnx: no",
      "     │   such file)",
      "     └─ ● 1  actor       running",
    ]);
  });

  it("cuts a reason after four lines, without the path and state that its line has, and no number in the middle", () => {
    const tree = app(
      node("app/a", {
        state: "quarantined",
        reason: `quarantined: app/a: ${"the disk is gone ".repeat(15)}`,
        mailbox: { waiting: 12, executing: 0, capacity: 1000 },
      }),
    );
    expect(treeLines(tree, { width: 50 })).toEqual([
      "  ● app   supervisor  running",
      "! └─ ✕ a  actor       quarantined  mail 12+0/1000",
      "         (the disk is gone the disk is gone the",
      "         disk is gone the disk is gone the disk is",
      "         gone the disk is gone the disk is gone",
      "         the disk is gone the disk is gone the di…",
    ]);
    expect(treeLines(tree, { width: 46 })[1]).toBe("! └─ ✕ a  actor       quarantined  mail 12+0");
    expect(treeLines(tree, { width: 41 })[1]).toBe("! └─ ✕ a  actor       quarantined");
  });

  it("says how large a pool is, and below who made it so, when and why", () => {
    const scaling = { members: 3, ready: 2, min: 1, max: 8, by: "rule", sinceMs: 12_000 } as const;
    const why = "40 waiting × 5 ms by 2: 100 ms to wait, over 50 ms";
    const mailbox = { waiting: 40, executing: 2, capacity: 1000 };
    const stays = "60 ms to wait, and no member more: 3 MB of memory left, 9 MB each";
    const tree = app(
      node("app/a", { kind: "pool", mailbox, scaling: { ...scaling, why }, children: [node("app/a/1")] }),
      node("app/b", { kind: "pool", scaling: { ...scaling, ready: 3, by: "hand", sinceMs: 0, why: "resize(3)" } }),
      node("app/d", { kind: "pool", scaling: { ...scaling, ready: 3, why: "as it began", stays } }),
      node("app/c", { kind: "pool", scaling: { ...scaling, ready: 3, min: 3, max: 3, why: "as it began" } }),
    );
    expect(treeLines(tree, { width: 80 })).toEqual([
      "  ● app      supervisor  running",
      "  ├─ ● a     pool        running  2+1 of 1–8  mail 40+2/1000",
      "  │  │   10 s ago: 40 waiting × 5 ms by 2: 100 ms to wait, over 50 ms",
      "  │  └─ ● 1  actor       running",
      "  ├─ ● b     pool        running  3 of 1–8",
      "  │      by hand, just now: resize(3)",
      "  ├─ ● d     pool        running  3 of 1–8",
      "  │      10 s ago: as it began; stays: 60 ms to wait, and no member more: 3 MB",
      "  │      of memory left, 9 MB each",
      "  └─ ● c     pool        running  3 fixed",
    ]);
  });

  it("is never wider than asked, whatever the names and reasons", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 120 }),
      fc.string({ unit: "grapheme", maxLength: 60 }),
      fc.constantFrom("音声認識モデルとても長い名前".repeat(4), "🙂".repeat(50), "a\nb\tc", "\x1b[2J\x1b[31mred"),
    );
    const states = [...Object.keys(stateMarks), "a state of a newer server"] as TreeNode["state"][];
    const { tree } = fc.letrec<{ tree: TreeNode }>((tie) => ({
      tree: fc.record({
        path: fc.constant("app"),
        name: text,
        kind: fc.oneof(fc.constantFrom("supervisor", "pool"), text) as fc.Arbitrary<TreeNode["kind"]>,
        state: fc.constantFrom(...states),
        restarts: fc.nat(),
        reason: fc.option(text, { nil: undefined }) as fc.Arbitrary<string>,
        host: text,
        children: fc.oneof(
          { depthSize: "small", withCrossShrink: true },
          fc.constant([]),
          fc.array(tie("tree"), { maxLength: 25 }),
        ),
      }),
    }));
    fc.assert(
      fc.property(tree, fc.integer({ min: 20, max: 200 }), (root, width) => {
        for (const line of treeLines(root, { width })) {
          expect(columnsOf(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });

  it("leaves out where and spare when there is no room, and keeps what changed", () => {
    const tree = app(node("app/a", { restarts: 12, host: "thread 7", isolation: "thread", spare: "ready" }));
    const last = (width: number) => treeLines(tree, { width })[1]!.slice(31);
    expect([70, 60, 50, 40].map(last)).toEqual([
      "restarts 12  thread 7  spare ready",
      "restarts 12  thread 7",
      "restarts 12",
      "restarts…",
    ]);
  });

  it("has colour only where asked, and the same text without it", () => {
    const tree = app(node("app/a", { state: "quarantined", reason: "bad" }), node("app/b", { restarts: 3 }));
    const coloured = treeLines(tree, { width: 80, paint: painter(true) });
    expect(coloured.join("\n")).toContain("\x1b[31;1m  quarantined\x1b[0m");
    const escapes = new RegExp(`${"\x1b"}\\[[\\d;]*m`, "g");
    expect(coloured.map((line) => line.replace(escapes, "").trimEnd())).toEqual(treeLines(tree, { width: 80 }));
    expect(showsColour(true, { TERM: "xterm" })).toBe(true);
    expect(showsColour(false, { TERM: "xterm" })).toBe(false);
    expect(showsColour(true, { NO_COLOR: "1" })).toBe(false);
    expect(showsColour(true, { NO_COLOR: "" })).toBe(true);
    expect(showsColour(true, { TERM: "dumb" })).toBe(false);
  });

  it("shows of many children those that do not run, and says how many it does not show", () => {
    const children = Array.from({ length: 1000 }, (_, n) =>
      node(`app/k/${n}`, n === 777 ? { state: "waiting", reason: "died" } : {}),
    );
    const lines = treeLines(app(node("app/k", { kind: "keyed", children })), { width: 80 });
    expect(lines).toHaveLength(22);
    expect(lines[1]).toContain("980 more not shown");
    expect(lines.filter((line) => line.startsWith("!")).join()).toMatch(/◔ 777 .*\(died\)/);
  });
});

describe("what changed since the tree before", () => {
  const marks = (lines: string[]) => lines.map((line) => `${line[0]}${/\(\+\d+\)/.exec(line)?.[0] ?? ""}`);
  function draw(changes: TreeChanges, tree: TreeNode, now: number): string[] {
    return marks(treeLines(tree, { width: 80, changes: changes.next(tree, now) }));
  }

  it("is marked: restarts that went up, states that changed, nodes that are new; the first tree has none", () => {
    const changes = new TreeChanges(0);
    const before = app(node("app/a", { restarts: 2 }), node("app/b", { incarnation: 1 }), node("app/c"));
    const after = app(
      node("app/a", { restarts: 5 }),
      node("app/b", { incarnation: 2 }),
      node("app/c", { state: "waiting" }),
      node("app/d"),
    );
    expect(draw(changes, before, 1)).toEqual([" ", " ", " ", " "]);
    expect(draw(changes, after, 2)).toEqual([" ", "*(+3)", "*", "!", "+"]);
    expect(draw(changes, after, 3)).toEqual([" ", " ", " ", "!", " "]);
  });

  it("stays marked for the time it is held, with the restarts of that time", () => {
    const changes = new TreeChanges(5000);
    const at = (restarts: number) => app(node("app/a", { restarts }));
    draw(changes, at(0), 0);
    expect(changes.until).toBeUndefined();
    expect(draw(changes, at(1), 1000)).toEqual([" ", "*(+1)"]);
    expect(draw(changes, at(3), 4000)).toEqual([" ", "*(+3)"]);
    expect(changes.until).toBe(9000);
    expect(draw(changes, at(3), 8999)).toEqual([" ", "*(+3)"]);
    expect(draw(changes, at(3), 9000)).toEqual([" ", " "]);
  });

  it("is nothing after a server that started anew", () => {
    const changes = new TreeChanges(5000);
    draw(changes, app(node("app/a", { restarts: 1 })), 0);
    changes.forget();
    expect(draw(changes, app(node("app/a", { restarts: 4 }), node("app/b")), 1)).toEqual([" ", " ", " "]);
  });
});

describe("one branch of the tree", () => {
  const tree = app(node("app/models", { kind: "supervisor", children: [node("app/models/speech")] }), node("app/app"));

  it.each([
    [undefined, "app"],
    ["", "app"],
    ["models/speech", "app/models/speech"],
    ["app/models/speech", "app/models/speech"],
    ["/models/", "app/models"],
    ["app", "app/app"],
    ["speech", undefined],
  ])("at %j is %j", (path, found) => {
    expect(branchAt(tree, path)?.path).toBe(found);
  });
});

describe("text for a terminal", () => {
  it("is counted in columns, and shortened to them", () => {
    expect(["abc", "é", "音声", "🙂", "👩‍👩‍👧"].map(columnsOf)).toEqual([3, 1, 4, 2, 2]);
    expect(shortened("音声認識", 5)).toBe("音声…");
    expect(shortened("音声認識", 4)).toBe("音…");
    expect(shortened("abc", 3)).toBe("abc");
    expect(shortened("abcd", 1)).toBe("…");
    expect(shortened("abcd", 0)).toBe("");
  });

  it("cannot move the cursor of whoever reads it", () => {
    expect(oneLine("a\r\n  b\x1b[2Jc\x9b3mx")).toBe("a b�[2Jc�3mx");
  });
});
