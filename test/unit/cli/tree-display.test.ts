import { describe, expect, it } from "vitest";
import { painter } from "../../../src/cli/terminal/paint.js";
import { TreeJson, TreePrint } from "../../../src/cli/tree/tree-display.js";
import { TreeScreen } from "../../../src/cli/tree/tree-screen.js";
import type { TreeNode } from "../../../src/system/tree.js";
import { HandClock } from "../gateway/hand-clock.js";

function app(restarts = 0, more: Partial<TreeNode> = {}): TreeNode {
  const actor: TreeNode = { path: "app/a", name: "a", kind: "actor", state: "running", restarts, ...more };
  return { path: "app", name: "app", kind: "supervisor", state: "running", restarts: 0, children: [actor] };
}

function stage(rows = 24) {
  const out: string[] = [];
  const told: string[] = [];
  const clock = new HandClock();
  const size = { width: 40, rows, paint: painter(false) };
  const url = "http://127.0.0.1:8080";
  const write = (text: string) => void out.push(text);
  const tell = (text: string) => void told.push(text);
  return { out, told, clock, size, options: { write, tell, url, clock, terminal: () => size } };
}

describe("a watched tree on a pipe", () => {
  it("is a new block when something changed that is seen, and tells of the connection elsewhere", () => {
    const { out, told, options } = stage();
    const print = new TreePrint(options);
    print.show(app());
    print.show(app());
    print.show(app(1));
    // The mark is gone; that is no change.
    print.show(app(1));
    expect(out.map((block) => block.split("\n").slice(1))).toEqual([
      ["  ● app   supervisor  running", "  └─ ● a  actor       running", "", ""],
      ["  ● app   supervisor  running", "* └─ ● a  actor       running  restarts…", "", ""],
    ]);
    expect(out[0]).toMatch(/^http:\/\/127\.0\.0\.1:8080 {2}1 running {2}\d\d:\d\d:\d\d\n/);
    print.lost("it stopped");
    print.lost("it stopped");
    print.show(app(0));
    expect(told).toEqual(["connection lost, retrying: it stopped\n", "connected again\n"]);
    expect(out).toHaveLength(3);
    print.show(undefined);
    expect(out[3]).toContain("there is nothing at that path now");
  });

  it("is a line of JSON for every change, null where there is nothing now", () => {
    const { out, options } = stage();
    const json = new TreeJson(options.write, options.tell);
    for (const tree of [app(), app(), app(1), undefined, undefined]) json.show(tree);
    expect(out.map((line) => JSON.parse(line))).toEqual([app(), app(1), null]);
    expect(out.every((line) => line.endsWith("\n"))).toBe(true);
  });
});

describe("a watched tree on a terminal", () => {
  it("is drawn over the frame before, and leaves the cursor as it was found", () => {
    const { out, clock, options } = stage();
    const screen = new TreeScreen(options);
    screen.show(app());
    clock.advance(100);
    screen.show(app(1));
    expect(out).toHaveLength(2);
    expect(out[0]).toSatisfy((frame: string) => frame.startsWith("\x1b[?25l\x1b[2J\x1b[H"));
    expect(out[1]).toSatisfy((frame: string) => frame.startsWith("\x1b[Hhttp"));
    expect(out[1]).toSatisfy((frame: string) => frame.endsWith("\x1b[K\x1b[J"));
    screen.end();
    screen.end();
    expect(out.slice(2)).toEqual(["\x1b[?25h\n"]);
  });

  it("draws the newest of a burst, ten frames a second at most, and takes marks away in time", () => {
    const { out, clock, options } = stage();
    const screen = new TreeScreen(options);
    screen.show(app(0));
    for (let restarts = 1; restarts <= 9; restarts++) screen.show(app(restarts));
    expect(out).toHaveLength(1);
    clock.advance(100);
    expect(out).toHaveLength(2);
    expect(out[1]).toContain("* └─ ● a");
    clock.advance(5000);
    expect(out).toHaveLength(3);
    expect(out[2]).toContain("  └─ ● a");
    clock.advance(60_000);
    expect(out).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  it("says that the connection is lost, over the tree that was, until there is one again", () => {
    const { out, clock, options } = stage();
    const screen = new TreeScreen(options);
    screen.show(app());
    clock.advance(100);
    screen.lost("gone\nfor a restart");
    expect(out[1]).toMatch(/connection lost, retrying: gone/);
    expect(out[1]).toContain("● a");
    clock.advance(100);
    screen.show(app(0));
    expect(out[2]).not.toContain("connection lost");
    expect(out[2]).not.toContain("*");
  });

  it("never scrolls: what a small terminal has no room for is counted", () => {
    const children = Array.from({ length: 15 }, (_, n): TreeNode => ({ ...app().children![0]!, name: `a${n}` }));
    const { out, clock, size, options } = stage(8);
    const screen = new TreeScreen(options);
    screen.show({ ...app(), children });
    const lines = out[0]!.split("\n");
    expect(lines).toHaveLength(8);
    expect(lines[7]).toContain("… 10 more lines: a taller");
    size.rows = 40;
    clock.advance(100);
    screen.resized();
    expect(out[1]!.split("\n")).toHaveLength(17);
  });
});
