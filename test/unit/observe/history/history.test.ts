import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { History } from "../../../../src/observe/history/history.js";
import { Series } from "../../../../src/observe/history/series.js";
import { latencyBoundsMs, type SystemStats, type UnitStats } from "../../../../src/system/stats.js";

function unit(path: string, more: Partial<UnitStats> = {}): UnitStats {
  const none = { accepted: 0, answered: 0, told: 0, shed: 0, redelivered: 0, quarantined: 0 };
  const now = { waiting: 0, executing: 0, oldestWaitMs: 0 };
  return { path, kind: "actor", failed: {}, refused: {}, restarts: {}, ...none, ...now, ...more };
}

function stats(...units: UnitStats[]): SystemStats {
  return { uptimeMs: 0, deadLetters: {}, reports: 0, units };
}

/** So many asks that took at most 5 ms, and so many that took 2.5 to 5 s. */
function latency(quick: number, slow: number) {
  const buckets = [...latencyBoundsMs, 0].map(() => 0);
  buckets[latencyBoundsMs.indexOf(5)] = quick;
  buckets[latencyBoundsMs.indexOf(5000)] = slow;
  return { count: quick + slow, sumMs: 0, buckets };
}

const list = (values: ArrayLike<number> | undefined) => Array.from(values ?? []);

describe("a ring of steps", () => {
  test("holds what a list would, from any step to any other", () => {
    const puts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 60 });
    const run = (gaps: number[], steps: number, from: number, length: number) => {
      const series = new Series(2, steps);
      const all: number[] = [];
      let step = from;
      for (const gap of gaps) {
        step += gap;
        series.put(step, [step, -step]);
        all[step] = step;
      }
      const expected = Array.from({ length: step + length }, (_, i) => {
        return i > step - steps && all[i] !== undefined ? i : Number.NaN;
      });
      expect(list(series.read(0, 0, step + length - 1))).toEqual(expected);
      expect(list(series.read(1, 0, step + length - 1))).toEqual(expected.map((value) => -value));
    };
    fc.assert(fc.property(puts, fc.integer({ min: 1, max: 20 }), fc.nat(30), fc.nat(5), run));
  });
});

describe("the history of a system", () => {
  test("tells rates and latencies of each step from the counters at its ends", () => {
    const history = new History({ units: 4, steps: 3 });
    history.add(stats(unit("app/a", { answered: 5, waiting: 2, heapBytes: 1e6, latency: latency(5, 0) })), 10_000);
    const later = { answered: 105, failed: { Timeout: 20 }, executing: 1, oldestWaitMs: 7, latency: latency(105, 0) };
    history.add(stats(unit("app/a", later)), 12_000);
    history.add(stats(unit("app/a", { ...later, answered: 205, latency: latency(105, 100) })), 14_000);
    const { times, columns } = history.of("app/a")!;
    expect(list(times)).toEqual([10_000, 12_000, 14_000]);
    expect(list(columns.rate)).toEqual([Number.NaN, 60, 50]);
    expect(list(columns.failures)).toEqual([Number.NaN, 10, 0]);
    expect(list(columns.p50)).toEqual([Number.NaN, 3.75, 3750]);
    expect(list(columns.waiting)).toEqual([2, 0, 0]);
    expect(list(columns.executing)).toEqual([0, 1, 1]);
    expect(list(columns.oldestWaitMs)).toEqual([0, 7, 7]);
    expect(list(columns.heapBytes)).toEqual([1e6, Number.NaN, Number.NaN]);
    expect(list(columns.members)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test("keeps as many steps as it is told, and gives those since a time", () => {
    const history = new History({ units: 4, steps: 3 });
    for (let n = 0; n < 10; n++) history.add(stats(unit("app/a", { waiting: n })), n * 2000);
    expect(list(history.of("app/a")!.times)).toEqual([14_000, 16_000, 18_000]);
    expect(list(history.of("app/a")!.columns.waiting)).toEqual([7, 8, 9]);
    expect(list(history.of("app/a", 15_000)!.columns.waiting)).toEqual([8, 9]);
    expect(list(history.of("app/a", 99_000)!.times)).toEqual([]);
    expect(history.of("app/b")).toBeUndefined();
  });

  test("counts members and those of them that run, and keeps the root and pools first, then actors and supervisors, then members", () => {
    const history = new History({ units: 4, steps: 3 });
    const all = [
      unit("app", { kind: "supervisor" }),
      unit("app/b"),
      unit("app/pool", { kind: "pool", ready: 1 }),
      unit("app/pool/1", { partOf: "app/pool" }),
      unit("app/pool/2", { partOf: "app/pool" }),
      unit("app/c"),
    ];
    history.add(stats(...all), 2000);
    expect(all.map(({ path }) => history.of(path) !== undefined)).toEqual([true, true, true, false, false, true]);
    const { columns } = history.of("app/pool")!;
    expect([list(columns.members), list(columns.ready)]).toEqual([[2], [1]]);
  });

  test("tells of a supervisor the sum of what is below it", () => {
    const history = new History({ units: 9, steps: 3 });
    const look = (answered: number) => [
      unit("app", { kind: "supervisor" }),
      unit("app/s", { kind: "supervisor" }),
      unit("app/s/a", { answered, waiting: 1, latency: latency(answered, 0) }),
      unit("app/pool", { kind: "pool", answered, failed: { Timeout: answered } }),
      unit("app/pool/1", { partOf: "app/pool", answered }),
    ];
    history.add(stats(...look(0)), 0);
    history.add(stats(...look(10)), 2000);
    const last = (path: string) => {
      const { rate, failures, p50, waiting } = history.of(path)!.columns;
      return [rate, failures, p50, waiting].map((column) => column.at(-1));
    };
    expect(last("app")).toEqual([15, 5, 3.75, 1]);
    expect(last("app/s")).toEqual([5, 0, 3.75, 1]);
    // What was counted before is no rate when something leaves.
    history.add(stats(...look(10).filter(({ path }) => !path.startsWith("app/pool"))), 4000);
    expect(last("app")).toEqual([Number.NaN, Number.NaN, Number.NaN, 1]);
  });

  test("keeps what is gone for as long as there is room and time, the longest gone leaving first", () => {
    const history = new History({ units: 2, steps: 4 });
    history.add(stats(unit("app/a")), 0);
    history.add(stats(unit("app/b", { waiting: 1 })), 2000);
    expect(list(history.of("app/a")!.columns.waiting)).toEqual([0, Number.NaN]);
    history.add(stats(unit("app/c")), 4000);
    expect(["a", "b", "c"].map((name) => history.of(`app/${name}`) !== undefined)).toEqual([false, true, true]);
    // One that comes back is not rated over the time that it was away.
    history.add(stats(unit("app/b", { answered: 1000 }), unit("app/c")), 6000);
    expect(list(history.of("app/b")!.columns.rate)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    for (let n = 4; n < 9; n++) history.add(stats(unit("app/c")), n * 2000);
    expect([history.of("app/b"), history.size]).toEqual([undefined, 1]);
  });

  test("never holds more units than it is told, whatever comes and goes for days", () => {
    const history = new History({ units: 16, steps: 5 });
    for (let n = 0; n < 2000; n++) {
      const here = Array.from({ length: n % 40 }, (_, i) => unit(`app/${(n * 7 + i) % 97}`));
      history.add(stats(...here), n * 2000);
      expect(history.size).toBeLessThanOrEqual(16);
    }
  });
});
