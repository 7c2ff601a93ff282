import { describe, expect, test } from "vitest";
import { ACTIVITY_KEPT, type Activity, withEvent } from "../../../src/dashboard/page/incidents/activity.js";
import { NewsDesk } from "../../../src/dashboard/page/news-desk.js";
import { PageState } from "../../../src/dashboard/page/page-state.js";
import { POINTS_KEPT, type Point, Points } from "../../../src/dashboard/page/series/points.js";
import { Series } from "../../../src/dashboard/page/series/series.js";
import type { DeathReport, SystemEvent } from "../../../src/index.js";
import { totalsOf } from "../../../src/observe/totals.js";
import type { UnitStats } from "../../../src/system/stats.js";

const unknown = Number.NaN;
const point = (more: Partial<Point>): Point => ({
  rate: unknown,
  failed: unknown,
  p50: unknown,
  p99: unknown,
  waiting: unknown,
  executing: unknown,
  members: unknown,
  ready: unknown,
  ...more,
});
const nothing = {
  accepted: 0,
  answered: 0,
  told: 0,
  failed: {},
  refused: {},
  shed: 0,
  redelivered: 0,
  quarantined: 0,
  restarts: {},
  waiting: 0,
  executing: 0,
  oldestWaitMs: 0,
};
const scaled = (path: string): SystemEvent => ({ type: "scaled", path, from: 1, to: 2, by: "rule", why: "40 waiting" });
const report = (id: number): DeathReport => ({
  id,
  at: id,
  path: "app/a",
  key: undefined,
  incarnation: 1,
  isolation: "thread",
  host: "thread 1",
  cause: { kind: "killed", by: "a test" },
  executing: [],
  answersLost: [],
  redelivered: 0,
  failed: 0,
  poisoned: 0,
  decision: "restart",
  level: "cold",
  times: {},
  record: undefined,
  flight: [],
});

test("each act of an operator is a line, and the very same in a row are one", () => {
  const base = { id: 1, at: 5, address: "127.0.0.1", outcome: "done", tookMs: 4 } as const;
  const acts = [
    { ...base, act: "kill", on: "app/work/1" },
    { ...base, act: "kill", on: "app/work/2" },
    { ...base, act: "login", outcome: "refused" },
    { ...base, act: "login", outcome: "refused" },
  ] as const;
  const told = acts.reduce<readonly Activity[]>((all, entry) => withEvent(all, { type: "audit", entry }, 10), []);
  expect(told.map(({ count }) => count)).toEqual([2, 1, 1]);
});

describe("a page that is open for days", () => {
  test("keeps the latest looks at a unit, and no more", () => {
    const points = new Points();
    for (let i = 0; i < 10_000; i++) points.add(i * 1000, point({ rate: i }));
    expect(points.latest("rate")).toBe(9999);
    expect(points.column("rate")).toEqual(Array.from({ length: POINTS_KEPT }, (_, i) => 10_000 - POINTS_KEPT + i));
    expect(points.times().at(-1)).toBe(9999);
    expect(points.last("rate", 3)).toEqual([9997, 9998, 9999]);
    // Nobody has told of it.
    expect(points.latest("p99")).toBeUndefined();
    expect(points.column("p99")).toEqual(Array.from({ length: POINTS_KEPT }, () => null));
  });

  test("draws a gap where a look knew nothing", () => {
    const points = new Points();
    points.add(1000, point({ rate: 1 }));
    points.add(2000, point({}));
    points.add(3000, point({ rate: 3 }));
    expect(points.column("rate")).toEqual([1, null, 3]);
    expect(points.last("rate", 9)).toEqual([1, 0, 3]);
  });

  test("puts what the server remembers before what the page has seen itself", () => {
    const seen = new Points();
    for (const at of [5000, 6000]) seen.add(at, point({ rate: at }));
    const older = new Points();
    for (const at of [1000, 3000, 5000]) older.add(at, point({ rate: 1, p99: 2 }));
    const both = older.followedBy(seen);
    expect(both.times()).toEqual([1, 3, 5, 6]);
    expect(both.column("rate")).toEqual([1, 1, 1, 6000]);
    expect(both.column("p99")).toEqual([2, 2, 2, null]);
  });

  test("sums up what is below a supervisor, and counts the parts of a group once", () => {
    const group = { ...nothing, path: "app/g", kind: "pool", ready: 1, answered: 9, failed: { Timeout: 1 } } as const;
    const part = (n: number) =>
      ({ ...nothing, path: `app/g/${n}`, kind: "actor", partOf: "app/g", answered: 4 }) as const;
    const latency = { count: 2, sumMs: 3, buckets: [1, 1] };
    const alone = { ...nothing, path: "app/s/a", kind: "actor", answered: 1, failed: { Timeout: 2 }, latency } as const;
    const above = (path: string) => ({ ...nothing, path, kind: "supervisor" }) as const;
    const totals = totalsOf({ units: [above("app"), group, part(1), part(2), above("app/s"), alone] });
    expect(totals.get("app/g")).toMatchObject({ answered: 9, members: 2, ready: 1 });
    // Its mail is the group's.
    expect(totals.get("app/g/1")).toBeUndefined();
    expect(totals.get("app")).toMatchObject({ answered: 10, failed: { Timeout: 3 }, latency });
    expect(totals.get("app/s")).toMatchObject({ answered: 1, members: undefined });
    const series = new Series();
    series.take({ units: [above("app"), group, alone] }, 1000);
    series.take({ units: [above("app"), alone] }, 2000);
    expect(
      series.of("app")!.latest("rate"),
      "what was counted before is no rate when something leaves",
    ).toBeUndefined();
  });

  test("counts a flood in one line, and keeps a bounded number of lines", () => {
    let list: readonly Activity[] = [];
    for (let i = 0; i < 1000; i++) list = withEvent(list, scaled("app/a"), i);
    expect(list).toMatchObject([{ path: "app/a", count: 1000, at: 999 }]);
    for (let i = 0; i < 1000; i++) list = withEvent(list, scaled(`app/${i}`), i);
    expect(list).toHaveLength(ACTIVITY_KEPT);
    expect(new Set(list.map(({ id }) => id)).size).toBe(ACTIVITY_KEPT);
    expect(list[0]!.path).toBe("app/999");
  });

  test("lists no event that a death tells better, and none that it cannot read", () => {
    expect(withEvent([], { type: "life", path: "app/a", state: "running" }, 0)).toEqual([]);
    expect(withEvent([], { type: "report", report: report(1) }, 0)).toEqual([]);
    expect(withEvent([], { type: "from-the-future" } as unknown as SystemEvent, 0)).toEqual([]);
    expect(withEvent([], { type: "ejected" } as unknown as SystemEvent, 0)).toHaveLength(1);
  });

  test("keeps the latest reports, each once, and forgets what it knew of nodes that are gone", () => {
    const state = new PageState();
    const desk = new NewsDesk(state);
    for (let id = 0; id < 1000; id++) {
      desk.take({ type: "event", missed: 0, event: { type: "death", report: report(id) } });
      desk.take({ type: "event", missed: 0, event: { type: "report", report: { ...report(id), failed: 1 } } });
    }
    expect(state.incidents.value).toHaveLength(200);
    expect(state.incidents.value[0]).toMatchObject({ id: 999, failed: 1 });
    expect(state.news.value).toBe("app/a died: killed by a test");
    const unit = (path: string, answered: number): UnitStats => ({
      ...nothing,
      path,
      kind: "actor",
      answered,
      waiting: 1,
    });
    const root = { ...nothing, path: "app", kind: "supervisor" } as const;
    state.series.take({ units: [root, unit("app/a", 10), unit("app/b", 5)] }, 10_000);
    state.series.take({ units: [root, unit("app/a", 30), unit("app/b", 15)] }, 12_000);
    expect(state.series.of("app/a")!.column("rate")).toEqual([null, 10]);
    // A supervisor does what is below it.
    expect(state.series.of("app")!.latest("rate")).toBe(15);
    expect(state.series.of("app")!.latest("waiting")).toBe(2);
    state.series.take({ units: [root, unit("app/b", 15)] }, 13_000);
    expect(state.series.of("app/a")).toBeUndefined();
    expect(state.series.of("app/b")!.times()).toEqual([10, 12, 13]);
  });

  test("remembers a bounded number of lines that were folded by hand", () => {
    const state = new PageState();
    for (let i = 0; i < 5000; i++) state.turn(`line ${i}`);
    expect(state.turned.value.size).toBe(1000);
    state.turn("line 4999");
    expect(state.turned.value.has("line 4999")).toBe(false);
  });
});
