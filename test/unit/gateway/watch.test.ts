import { afterEach, describe, expect, test } from "vitest";
import { HoldfastError } from "../../../src/errors.js";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import { Watchers } from "../../../src/gateway/watchers.js";
import type { ServerFrame } from "../../../src/protocol/frames.js";
import type { DeathReport } from "../../../src/system/death/report.js";
import { fakeApp } from "./fake-app.js";
import { HandClock } from "./hand-clock.js";
import { RawClient } from "./raw-client.js";

const doors: Gateway[] = [];
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close({ drain: 0 })));
});

const report: DeathReport = {
  id: 1,
  at: 5,
  path: "app/math",
  key: undefined,
  incarnation: 2,
  isolation: "thread",
  host: "thread 7",
  cause: { kind: "threw", error: new HoldfastError("HandlerFailed", "bad tensor", { details: { secret: () => 1 } }) },
  answersLost: [],
  executing: [
    { method: "add", seq: 3, deaths: 1, ranForMs: 2, shape: "[number]", bytes: 8, digest: "00", args: ["private"] },
  ],
  redelivered: 1,
  failed: 1,
  poisoned: 0,
  decision: "restart",
  level: "in-place",
  times: { detectMs: 1 },
  record: { phase: "js", beatAgeMs: 12, heap: 5e6, external: 1e6, finished: [2] },
  flight: Array.from({ length: 256 }, (_, i) => ({
    at: i,
    path: "app/math",
    key: undefined,
    actor: 1,
    incarnation: 2,
    kind: "note" as const,
    text: `note ${i}`,
  })),
};

describe("a watcher", () => {
  test("gets the tree and the reports at once, and then every event with the tree it left", async () => {
    const app = fakeApp({ math: { add: () => 1 } });
    app.recorded.push(report);
    const door = await gateway(app, { port: 0, expose: { math: ["add"] } });
    doors.push(door);
    const client = await RawClient.connect(door.url);
    client.send({ type: "watch" });
    const first = await client.next("tree");
    expect(first.tree).toMatchObject({ name: "app", children: [{ name: "math", state: "running" }] });
    expect(first.reports).toMatchObject([
      { id: 1, cause: { kind: "threw", error: { name: "HandlerFailed", message: "bad tensor" } } },
    ]);
    app.nodes.set("math", { ...app.nodes.get("math")!, state: "waiting" });
    app.emit({ type: "life", path: "app/math", state: "waiting" });
    expect(await client.next("event")).toEqual({
      type: "event",
      event: { type: "life", path: "app/math", state: "waiting" },
    });
    expect((await client.next("tree")).tree).toMatchObject({ children: [{ state: "waiting" }] });
    client.send({ type: "unwatch" });
    await client.settle();
    app.emit({ type: "life", path: "app/math", state: "running" });
    await client.settle();
    expect(client.left).toEqual([]);
  });

  test("never sees arguments, whatever a report reveals to the server's own people", async () => {
    const app = fakeApp({ math: { add: () => 1 } });
    const door = await gateway(app, { port: 0, expose: { math: ["add"] } });
    doors.push(door);
    const client = await RawClient.connect(door.url, {}, []);
    client.sendText({ type: "watch" });
    await client.next("tree");
    app.emit({ type: "death", report });
    const seen = JSON.stringify(await client.next("event"));
    expect(seen).toContain("[number]");
    expect(seen).not.toContain("private");
    expect(seen).not.toContain("secret");
  });
});

describe("watching", () => {
  function watched() {
    const app = fakeApp({ math: {} });
    const clock = new HandClock();
    const frames: ServerFrame[] = [];
    const watcher = { congested: false, push: (frame: ServerFrame) => frames.push(frame) };
    return { app, clock, frames, watcher, watchers: new Watchers(app, clock) };
  }

  test("looks at the tree on a timer, and sends it when it has changed", () => {
    const { app, clock, frames, watcher, watchers } = watched();
    watchers.add(watcher);
    clock.advance(500);
    frames.length = 0;
    clock.advance(5000);
    expect(frames).toEqual([]);
    app.nodes.set("math", { ...app.nodes.get("math")!, mailbox: { waiting: 3, executing: 1, capacity: 8 } });
    clock.advance(500);
    expect(frames).toMatchObject([{ type: "tree", tree: { children: [{ mailbox: { waiting: 3 } }] } }]);
  });

  test("sends no tree only because a pool's latest change is a little longer ago", () => {
    const { app, clock, frames, watcher, watchers } = watched();
    const scaling = { members: 1, ready: 1, min: 1, max: 4, by: "rule", why: "as it began" } as const;
    const grownOld = (sinceMs: number) =>
      app.nodes.set("math", { ...app.nodes.get("math")!, scaling: { ...scaling, sinceMs } });
    grownOld(61_000);
    watchers.add(watcher);
    clock.advance(500);
    frames.length = 0;
    grownOld(119_000);
    clock.advance(500);
    expect(frames).toEqual([]);
    grownOld(120_000);
    clock.advance(500);
    expect(frames).toMatchObject([{ type: "tree", tree: { children: [{ scaling: { sinceMs: 120_000 } }] } }]);
  });

  test("sends whoever follows already the reports alone, and whoever is behind the whole tree", () => {
    const { app, clock, frames, watcher, watchers } = watched();
    app.recorded.push(report);
    watchers.add(watcher, { diffs: true, stats: true });
    expect(frames.map(({ type }) => type)).toEqual(["tree", "stats"]);
    frames.length = 0;
    watchers.add(watcher, { diffs: true, stats: true, following: true });
    const still = { type: "tree-diff", from: 1, to: 1, removed: [], changed: [], reports: [{ id: 1 }] };
    expect(frames).toMatchObject([still]);

    // Without a tree of its own it cannot follow, whatever it says.
    const other: ServerFrame[] = [];
    watchers.add({ congested: false, push: (frame) => other.push(frame) }, { diffs: true, following: true });
    expect(other).toMatchObject([{ type: "tree", revision: 1 }]);

    watcher.congested = true;
    app.nodes.set("math", { ...app.nodes.get("math")!, state: "waiting" });
    clock.advance(1000);
    watcher.congested = false;
    frames.length = 0;
    watchers.add(watcher, { diffs: true, stats: true, following: true });
    expect(frames.map(({ type }) => type)).toContain("tree");
  });

  test("skips a slow reader, and tells it afterwards how many events it missed", () => {
    const { app, frames, watcher, watchers } = watched();
    watchers.add(watcher);
    frames.length = 0;
    watcher.congested = true;
    for (let n = 0; n < 3; n++) app.emit({ type: "life", path: "app/math", state: "waiting" });
    expect(frames).toEqual([]);
    watcher.congested = false;
    app.emit({ type: "life", path: "app/math", state: "running" });
    app.emit({ type: "life", path: "app/math", state: "running" });
    expect(frames.filter(({ type }) => type === "event").map((frame) => (frame as { missed?: number }).missed)).toEqual(
      [3, undefined],
    );
  });

  test("gives a slow reader the newest tree once it reads again, also when nothing has changed since", () => {
    const { app, clock, frames, watcher, watchers } = watched();
    watchers.add(watcher);
    clock.advance(500);
    frames.length = 0;
    watcher.congested = true;
    app.nodes.set("math", { ...app.nodes.get("math")!, state: "waiting" });
    clock.advance(5000);
    expect(frames).toEqual([]);
    watcher.congested = false;
    clock.advance(5000);
    expect(frames).toMatchObject([{ type: "tree", tree: { children: [{ state: "waiting" }] } }]);
  });

  test("costs nothing once nobody does it", () => {
    const { app, clock, frames, watcher, watchers } = watched();
    watchers.add(watcher);
    expect(clock.pending).toBe(1);
    watchers.remove(watcher);
    frames.length = 0;
    app.emit({ type: "life", path: "app/math", state: "waiting" });
    clock.advance(5000);
    expect([clock.pending, frames]).toEqual([0, []]);
  });
});
