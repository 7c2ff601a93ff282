import { describe, expect, onTestFinished, test } from "vitest";
import { connect } from "../../../src/client/node.js";
import { TreeMirror } from "../../../src/client/tree-mirror.js";
import { encodedOnce } from "../../../src/gateway/encoded-once.js";
import { gateway } from "../../../src/gateway/gateway.js";
import { Watchers } from "../../../src/gateway/watchers.js";
import type { ServerFrame, TreeDiffFrame, TreeFrame } from "../../../src/protocol/frames.js";
import type { TreeNode } from "../../../src/system/tree.js";
import { type FakeApp, fakeApp } from "./fake-app.js";
import { HandClock } from "./hand-clock.js";
import { RawClient } from "./raw-client.js";

const life = { type: "life", path: "app/math", state: "waiting" } as const;

function change(app: FakeApp, path: string, fields: Partial<TreeNode>): void {
  app.nodes.set(path, { ...app.nodes.get(path)!, ...fields });
}

function crowd(size: number): FakeApp {
  return fakeApp(Object.fromEntries(Array.from({ length: size }, (_, i) => [`a${i}`, {}])));
}

/** One that reads, and what it has read. */
function reader() {
  const frames: ServerFrame[] = [];
  const watcher = { congested: false, frames, push: (frame: ServerFrame) => frames.push(frame) };
  const types = () => frames.splice(0).map(({ type }) => type);
  return Object.assign(watcher, { types });
}

/** The tree that a reader of diffs has after these frames. */
function seenBy(frames: readonly ServerFrame[]): TreeNode | undefined {
  const mirror = new TreeMirror();
  let tree: TreeNode | undefined;
  for (const frame of frames) {
    if (frame.type === "tree") tree = mirror.reset(frame);
    else if (frame.type === "tree-diff") tree = mirror.apply(frame) as TreeNode | undefined;
  }
  return tree;
}

describe("the tree as diffs", () => {
  test("goes to those who asked for it; the others get whole trees, as ever", () => {
    const app = crowd(3);
    const clock = new HandClock();
    const watchers = new Watchers(app, clock);
    const [old, now] = [reader(), reader()];
    watchers.add(old);
    watchers.add(now, { diffs: true });
    expect(old.frames).toEqual([{ type: "tree", tree: app.tree(), reports: [] }]);
    expect(now.frames).toEqual([{ type: "tree", tree: app.tree(), reports: [], revision: 1, ids: [1, 2, 3, 4] }]);
    change(app, "a1", { state: "waiting" });
    clock.advance(500);
    expect(old.frames[1]).toEqual({ type: "tree", tree: app.tree() });
    expect(now.frames[1]).toEqual({
      type: "tree-diff",
      from: 1,
      to: 2,
      removed: [],
      changed: [{ id: 3, node: app.nodes.get("a1") }],
    });
    expect(seenBy(now.frames)).toEqual(app.tree());
  });

  test("comes in one piece for all that happens within 250 ms, while events wait for nothing", () => {
    const app = fakeApp({ math: {} });
    const clock = new HandClock();
    const watchers = new Watchers(app, clock);
    const one = reader();
    watchers.add(one, { diffs: true });
    one.types();
    for (let n = 1; n <= 100; n++) {
      change(app, "math", { restarts: n });
      app.emit(life);
      clock.advance(1);
    }
    expect(one.types()).toEqual(Array(100).fill("event"));
    clock.advance(150);
    expect(one.frames).toMatchObject([{ type: "tree-diff", changed: [{ node: { restarts: 100 } }] }]);
    // After a quiet while the tree follows the event in the same moment.
    clock.advance(300);
    one.types();
    change(app, "math", { state: "waiting" });
    app.emit(life);
    clock.advance(0);
    expect(one.types()).toEqual(["event", "tree-diff"]);
  });

  test("is looked at once, and encoded once, for a hundred watchers", () => {
    const app = crowd(10);
    const looks = { n: 0 };
    const { tree } = app;
    Object.assign(app, {
      tree: () => {
        looks.n += 1;
        return tree();
      },
    });
    const clock = new HandClock();
    const watchers = new Watchers(app, clock);
    const all = Array.from({ length: 100 }, reader);
    for (const one of all) watchers.add(one, { diffs: true });
    expect(looks.n).toBe(1);
    expect(new Set(all.map(({ frames }) => frames[0])).size).toBe(1);
    change(app, "a1", { state: "waiting" });
    app.emit(life);
    clock.advance(250);
    expect(looks.n).toBe(2);
    const last = all.map(({ frames }) => frames.at(-1)!);
    expect(last.map(({ type }) => type)).toEqual(Array(100).fill("tree-diff"));
    expect(new Set(last.map((frame) => encodedOnce(frame, "binary").parts[0])).size).toBe(1);
  });

  test("is made good for by a whole tree, where a watcher was congested and the others were not", () => {
    const app = crowd(3);
    const clock = new HandClock();
    const watchers = new Watchers(app, clock);
    const [slow, quick] = [reader(), reader()];
    watchers.add(slow, { diffs: true });
    watchers.add(quick, { diffs: true });
    slow.congested = true;
    for (const state of ["waiting", "starting", "running"] as const) {
      change(app, "a1", { state });
      app.nodes.delete("a0");
      clock.advance(500);
    }
    expect(slow.types()).toEqual(["tree"]);
    expect(quick.frames.slice(1).every(({ type }) => type === "tree-diff")).toBe(true);
    slow.congested = false;
    clock.advance(500);
    const whole = slow.frames[0] as TreeFrame;
    expect(whole).toMatchObject({ type: "tree", revision: 4, tree: app.tree() });
    change(app, "a2", { state: "waiting" });
    clock.advance(500);
    expect((slow.frames[1] as TreeDiffFrame).from).toBe(4);
    expect(seenBy(slow.frames)).toEqual(app.tree());
    expect(seenBy(quick.frames)).toEqual(app.tree());
  });

  test("takes at most a twentieth of the time, however large the tree is", () => {
    const app = crowd(2);
    const clock = new HandClock();
    const looks: number[] = [];
    const { tree } = app;
    // A tree that takes 100 ms to look at.
    Object.assign(app, {
      tree: () => {
        looks.push(clock.now());
        clock.advance(100);
        return tree();
      },
    });
    const watchers = new Watchers(app, clock);
    watchers.add(reader(), { diffs: true });
    for (let n = 0; n < 100; n++) {
      app.emit(life);
      clock.advance(100);
    }
    const pauses = looks.slice(1).map((at, i) => at - looks[i]!);
    expect(pauses.length).toBeGreaterThan(2);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2000);
  });

  test("of ten thousand actors with any names reaches a client whole, and then in pieces", async () => {
    const app = crowd(9996);
    const names = ['"><script>alert(1)</script>', "\u001b[31m\n", "a/b", "\u0000"];
    for (const name of names) {
      app.nodes.set(name, { path: `app/${name}`, name, kind: "actor", state: "running", restarts: 0 });
    }
    const door = await gateway(app, { port: 0, expose: {} });
    onTestFinished(() => door.close({ drain: 0 }));
    const client = await connect(door.url);
    onTestFinished(() => client.close());
    let tree: TreeNode | undefined;
    client.watch((news) => {
      if (news.type === "tree") tree = news.tree;
    });
    await expect.poll(() => tree?.children?.length, { timeout: 20_000 }).toBe(10_000);
    expect(tree).toEqual(app.tree());
    app.nodes.delete("a7");
    change(app, names[0]!, { state: "waiting" });
    app.emit(life);
    await expect.poll(() => tree?.children?.length, { timeout: 20_000 }).toBe(9999);
    expect(tree).toEqual(app.tree());
  });
});

test("a watcher that never reads is skipped long before it holds much, and others go on", async () => {
  const app = crowd(100);
  const door = await gateway(app, { port: 0, expose: {} });
  onTestFinished(() => door.close({ drain: 0 }));
  const deaf = await RawClient.connect(door.url);
  onTestFinished(() => deaf.close());
  deaf.socket.pause();
  deaf.send({ type: "watch" });
  const client = await connect(door.url);
  onTestFinished(() => client.close());
  let heard: () => void = () => {};
  let next = new Promise<void>((resolve) => {
    heard = resolve;
  });
  client.watch((news) => {
    if (news.type === "tree" || news.type === "event") heard();
  });
  // Half a megabyte, of texts that go whole.
  const much = Object.fromEntries(Array.from({ length: 512 }, (_, i) => [`text${i}`, "x".repeat(1000)]));
  for (let n = 0; n < 60; n++) {
    await next;
    next = new Promise((resolve) => {
      heard = resolve;
    });
    app.emit({ ...life, ...much });
  }
  // 30 MB were told to the one who reads; what waits for the other is bounded by its socket, and it is still served.
  deaf.socket.resume();
  const missed = () => deaf.left.some((frame) => (frame.missed as number) > 10) || app.emit(life);
  await expect.poll(missed, { timeout: 20_000 }).toBe(true);
});
