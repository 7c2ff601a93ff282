import { describe, expect, onTestFinished, test } from "vitest";
import { connect, type News } from "../../../src/client/node.js";
import { gateway } from "../../../src/gateway/gateway.js";
import { Watchers } from "../../../src/gateway/watchers.js";
import type { ServerFrame, StatsFrame } from "../../../src/protocol/frames.js";
import type { UnitStats } from "../../../src/system/stats.js";
import { type FakeApp, fakeApp } from "./fake-app.js";
import { HandClock } from "./hand-clock.js";

function count(app: FakeApp, accepted: number, uptimeMs = accepted): void {
  const zero = { told: 0, shed: 0, redelivered: 0, quarantined: 0, waiting: 0, executing: 0, oldestWaitMs: 0 };
  const counted = { failed: {}, refused: {}, restarts: {} };
  const unit: UnitStats = { path: "app/math", kind: "actor", accepted, answered: accepted, ...zero, ...counted };
  app.counted = { uptimeMs, reports: 0, deadLetters: {}, units: [unit] };
}

function reader() {
  const frames: ServerFrame[] = [];
  const counts = () => frames.filter((frame): frame is StatsFrame => frame.type === "stats");
  return { congested: false, frames, counts, push: (frame: ServerFrame) => frames.push(frame) };
}

function watched() {
  const app = fakeApp({ math: {} });
  count(app, 1);
  const clock = new HandClock();
  return { app, clock, watchers: new Watchers(app, clock) };
}

describe("the counters of a system", () => {
  test("go once a second to those who asked, as what has changed; latencies are timed for as long", () => {
    const { app, clock, watchers } = watched();
    const [one, other] = [reader(), reader()];
    watchers.add(one, { stats: true });
    watchers.add(other);
    expect(app.measured).toBe(1);
    expect(one.counts()).toMatchObject([{ to: 1, units: [{ id: 1, at: 0, path: "app/math", accepted: 1 }] }]);
    count(app, 2);
    clock.advance(999);
    expect(one.counts().length).toBe(1);
    clock.advance(1);
    expect(one.counts()[1]).toEqual({
      type: "stats",
      at: 0,
      from: 1,
      to: 2,
      uptimeMs: 2,
      reports: 0,
      deadLetters: {},
      gone: [],
      units: [{ id: 1, accepted: 2, answered: 2 }],
    });
    expect(other.counts()).toEqual([]);
    watchers.remove(one);
    expect([app.measured, clock.pending]).toEqual([0, 1]);
    watchers.remove(other);
    expect(clock.pending).toBe(0);
  });

  test("are looked at once for all who watch, and one who asks again without them is left out", () => {
    const { app, clock, watchers } = watched();
    let looks = 0;
    const { stats } = app;
    Object.assign(app, {
      stats: () => {
        looks += 1;
        return stats();
      },
    });
    const all = Array.from({ length: 100 }, reader);
    for (const one of all) watchers.add(one, { diffs: true, stats: true });
    clock.advance(1000);
    expect(looks).toBe(2);
    expect(new Set(all.map((one) => one.counts()[1])).size).toBe(1);
    watchers.add(all[0]!, { diffs: true });
    clock.advance(1000);
    expect(all.slice(0, 2).map((one) => one.counts().length)).toEqual([2, 3]);
    for (const one of all) watchers.remove(one);
    expect([app.measured, clock.pending]).toEqual([0, 0]);
  });

  test("come whole to one who was congested, once it reads again", () => {
    const { app, clock, watchers } = watched();
    const one = reader();
    watchers.add(one, { stats: true });
    one.congested = true;
    count(app, 5);
    clock.advance(5000);
    expect(one.counts().length).toBe(1);
    one.congested = false;
    clock.advance(1000);
    expect(one.counts()[1]).toMatchObject({ to: 7, units: [{ path: "app/math", accepted: 5 }] });
    expect(one.counts()[1]).not.toHaveProperty("from");
    clock.advance(1000);
    expect(one.counts()[2]).toMatchObject({ from: 7, to: 8, units: [] });
  });

  test("reach a client as they are, and those of its listeners who want them", async () => {
    const app = fakeApp({ math: {} });
    count(app, 1);
    const door = await gateway(app, { port: 0, expose: {}, history: false });
    onTestFinished(() => door.close({ drain: 0 }));
    const client = await connect(door.url);
    onTestFinished(() => client.close());
    const news: News[] = [];
    const quiet: News[] = [];
    client.watch((item) => quiet.push(item));
    const stop = client.watch((item) => item.type === "stats" && news.push(item), { stats: true });
    await expect.poll(() => news.length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(news[0]).toMatchObject({ type: "stats", stats: app.counted });
    count(app, 2);
    await expect.poll(() => news.at(-1), { timeout: 20_000 }).toMatchObject({ stats: app.counted });
    expect(quiet.some(({ type }) => type === "stats")).toBe(false);
    stop();
    await expect.poll(() => app.measured, { timeout: 20_000 }).toBe(0);
  });
});
