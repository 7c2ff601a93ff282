import { HoldfastError } from "holdfast";
import { describe, expect, test } from "vitest";
import { Chunker } from "../../src/dashboard/page/chunker.js";
import { problemText } from "../../src/dashboard/page/problem.js";
import { segmentText } from "../../src/dashboard/page/segment-text.js";
import { SpeechTrack } from "../../src/dashboard/page/speech-track.js";
import { shownChildren, treeRows, treeSummary } from "../../src/observe/tree-rows.js";
import type { TreeNode } from "../../src/system/tree.js";

const node = (path: string, more: Partial<TreeNode> = {}): TreeNode => ({
  path,
  name: path.split("/").at(-1)!,
  kind: "actor",
  state: "running",
  restarts: 0,
  ...more,
});

describe("the lines of the tree", () => {
  test("come parents first, each one deeper than its parent", () => {
    const tree = node("app", {
      kind: "supervisor",
      children: [node("app/a", { kind: "pool", children: [node("app/a/1")] }), node("app/b")],
    });
    expect(treeRows(tree).map(({ path, depth }) => [path, depth])).toEqual([
      ["app", 0],
      ["app/a", 1],
      ["app/a/1", 2],
      ["app/b", 1],
    ]);
  });

  test("have ids of their own where a key is called like a cell", () => {
    const key = node("app/ears/cell-1");
    const cell = node("app/ears/cell-1", { kind: "cell", children: [key] });
    const rows = treeRows(node("app", { kind: "supervisor", children: [cell] }));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3);
  });

  test("offer a kill where a host of its own runs, and nowhere else", () => {
    const running = { isolation: "thread", host: "thread 7" } as const;
    expect(treeRows(node("app/a", running))[0]!.killable).toBe(true);
    expect(treeRows(node("app/a", { ...running, state: "stopped" }))[0]!.killable).toBe(false);
    // Down, between two hosts.
    expect(treeRows(node("app/a", { isolation: "thread", state: "waiting" }))[0]!.killable).toBe(false);
    // A key says where it runs, but the host is its cell's.
    expect(treeRows(node("app/ears/k", { host: "thread 7" }))[0]!.killable).toBe(false);
    expect(treeRows(node("app", { kind: "supervisor" }))[0]!.killable).toBe(false);
  });

  test.for([
    [{ isolation: "thread", host: "thread 7" }, "thread 7"],
    [{ isolation: "fork", host: "pid 4711" }, "fork, pid 4711"],
    [{ isolation: "inline", host: "inline" }, "inline"],
    [{ isolation: "fork" }, "fork"],
    [{ host: "thread 7" }, "thread 7"],
    [{}, ""],
  ] as const)("say where %o runs", ([where, text]) => {
    expect(treeRows(node("app/a", where))[0]!.where).toBe(text);
  });

  test("are bounded, and never leave out what does not run", () => {
    const children = Array.from({ length: 1000 }, (_, i) =>
      node(`app/ears/k${i}`, i % 300 === 299 ? { state: "quarantined" } : {}),
    );
    const [cell, ...keys] = treeRows(node("app/ears/cell-1", { kind: "cell", children }));
    expect(keys).toHaveLength(shownChildren);
    expect(cell!.hidden).toBe(1000 - shownChildren);
    expect(keys.filter(({ state }) => state === "quarantined").map(({ name }) => name)).toEqual([
      "k299",
      "k599",
      "k899",
    ]);
    expect(keys[0]!.name).toBe("k0");
  });

  test("are summed up by what runs in groups, not by the groups", () => {
    const cell = node("app/ears/cell-1", { kind: "cell", children: [node("app/ears/k", { state: "waiting" })] });
    const tree = node("app", { kind: "supervisor", children: [node("app/ears", { kind: "keyed", children: [cell] })] });
    expect(treeSummary(tree)).toBe("1 running, 1 waiting");
  });
});

describe("a chunker", () => {
  test.for([1, 7, 128, 512, 1000, 4096])("cuts blocks of %d samples into the same chunks", (block) => {
    const sound = Float32Array.from({ length: 1300 }, (_, i) => i + 1);
    const chunker = new Chunker(512);
    const chunks: Float32Array[] = [];
    for (let at = 0; at < sound.length; at += block) chunks.push(...chunker.take(sound.subarray(at, at + block)));
    expect(chunks.map(({ length }) => length)).toEqual([512, 512]);
    const rest = chunker.rest()!;
    expect([...chunks.flatMap((chunk) => [...chunk]), ...rest.subarray(0, 1300 - 1024)]).toEqual([...sound]);
    expect(rest).toHaveLength(512);
    expect(rest.subarray(1300 - 1024).every((sample) => sample === 0)).toBe(true);
    expect(chunker.rest()).toBeUndefined();
  });
});

describe("a track of speech", () => {
  const quiet = { seconds: 0, probability: 0 };

  test("keeps the latest probabilities and knows where they begin", () => {
    const track = new SpeechTrack(10, 0.5);
    for (let i = 0; i < 100; i++) track.add({ seconds: i / 2, probability: i / 100 });
    expect(track.probabilities.length).toBeGreaterThanOrEqual(10);
    expect(track.probabilities.length).toBeLessThanOrEqual(20);
    expect(track.latest).toBe(0.99);
    expect(track.seconds).toBe(50);
    expect(track.from + track.probabilities.length / 2).toBe(50);
    expect(track.probabilities[0]).toBeCloseTo(track.from / 50);
  });

  test("opens and closes segments as it is told, and sums them up", () => {
    const track = new SpeechTrack(10, 0.5);
    track.add({ ...quiet, start: 1 });
    expect(track.segments).toEqual([{ start: 1 }]);
    expect(segmentText(track.segments[0]!)).toBe("1.00 s – …");
    track.add({ ...quiet, end: 3 });
    track.add({ ...quiet, start: 4 });
    track.close(4.5);
    track.close(9);
    expect(track.segments.map(segmentText)).toEqual(["1.00 – 3.00 s", "4.00 – 4.50 s"]);
    expect(track.speech).toBe(2.5);
    expect(track.count).toBe(2);
  });

  test("keeps a bounded number of segments and counts all of them", () => {
    const track = new SpeechTrack(10, 0.5);
    for (let i = 0; i < 1000; i++) {
      track.add({ ...quiet, start: i });
      track.add({ ...quiet, end: i + 0.5 });
    }
    expect(track.count).toBe(1000);
    expect(track.speech).toBe(500);
    expect(track.segments).toHaveLength(200);
    expect(track.segments.at(-1)).toEqual({ start: 999, end: 999.5 });
  });
});

describe("a problem in words", () => {
  test("says what to do where the code tells", () => {
    const error = new HoldfastError("Unauthorized", "the token is not the admin token");
    expect(problemText(error)).toBe(
      "The token is not the admin token. Use the token that the server was given, or printed when it started.",
    );
  });

  test("is the message alone otherwise, whatever was thrown", () => {
    expect(problemText(new Error("no sound"))).toBe("No sound.");
    expect(problemText("plain text!")).toBe("Plain text!");
  });
});
