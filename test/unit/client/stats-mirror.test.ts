import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StatsMirror } from "../../../src/client/stats-mirror.js";
import { StatsLog } from "../../../src/observe/feed/stats-log.js";
import { decodeFrame, encodeFrame } from "../../../src/protocol/codec.js";
import type { StatsFrame } from "../../../src/protocol/frames.js";
import { parseServerFrame } from "../../../src/protocol/validate.js";
import type { Format } from "../../../src/protocol/values.js";
import type { SystemStats, UnitStats } from "../../../src/system/stats.js";

/** As it arrives at the other end. */
function sent(diff: object, format: Format): StatsFrame {
  return parseServerFrame(decodeFrame(encodeFrame({ type: "stats", at: 5, ...diff }, format))) as StatsFrame;
}

function unit(path: string, more: Partial<UnitStats> = {}): UnitStats {
  const none = { accepted: 0, answered: 0, told: 0, shed: 0, redelivered: 0, quarantined: 0 };
  const now = { waiting: 0, executing: 0, oldestWaitMs: 0 };
  return { path, kind: "actor", failed: {}, refused: {}, restarts: {}, ...none, ...now, ...more };
}

function stats(units: readonly UnitStats[], uptimeMs = 0): SystemStats {
  return { uptimeMs, deadLetters: { Timeout: 1 }, reports: 2, units };
}

const counted = fc.dictionary(fc.constantFrom("Timeout", "Error", "threw"), fc.nat(3));
const anyUnit = fc.record({
  name: fc.constantFrom("a", "b", "c/d", '"', "\u001b[2J", "<b>"),
  kind: fc.constantFrom("actor" as const, "pool" as const),
  accepted: fc.nat(3),
  failed: counted,
  latency: fc.option(fc.record({ count: fc.nat(9), sumMs: fc.nat(9), buckets: fc.array(fc.nat(9)) }), {
    nil: undefined,
  }),
  heapBytes: fc.option(fc.nat(9), { nil: undefined }),
});
/** Rows of one system at one look after the other: they change, come, go, and change places; some stand there twice. */
const looks = fc.array(fc.array(anyUnit, { maxLength: 8 }), { minLength: 1, maxLength: 10 });

describe("counters rebuilt from what has changed", () => {
  test.each<Format>(["binary", "text"])("equal those of the system after any sequence of looks (%s)", (format) => {
    const run = (many: { name: string }[][]) => {
      const log = new StatsLog();
      const mirror = new StatsMirror();
      for (const [uptimeMs, units] of many.entries()) {
        const now = stats(
          units.map(({ name, ...more }) => unit(`app/${name}`, more)),
          uptimeMs,
        );
        expect(mirror.apply(sent(log.look(now), format))).toEqual(now);
        expect(new StatsMirror().apply(sent(log.whole, format))).toEqual(now);
      }
    };
    fc.assert(fc.property(looks, run), { numRuns: 150 });
  });

  test("say of a thousand units only those that have changed, and of these only what", () => {
    const log = new StatsLog();
    const units = Array.from({ length: 1000 }, (_, i) => unit(`app/a${i}`));
    log.look(stats(units));
    const next = units.map((row, i) => (i === 7 ? unit(row.path, { accepted: 1, waiting: 1 }) : unit(row.path)));
    expect(log.look(stats(next, 1000))).toEqual({
      from: 1,
      to: 2,
      uptimeMs: 1000,
      reports: 2,
      deadLetters: { Timeout: 1 },
      gone: [],
      units: [{ id: 8, accepted: 1, waiting: 1 }],
    });
  });

  test("are held for units that are there now and no others, in a tab that is open for days", () => {
    const log = new StatsLog();
    const mirror = new StatsMirror();
    for (let n = 0; n < 5000; n++) {
      const now = stats([unit("app/a", { accepted: n }), unit(`app/k${n}`), unit(`app/k${n + 2}`)], n);
      expect(mirror.apply({ type: "stats", at: n, ...log.look(now) })).toEqual(now);
      expect(mirror.size).toBe(3);
    }
  });

  test("are refused where they do not follow, until all of them come", () => {
    const log = new StatsLog();
    const first = log.look(stats([unit("app/a"), unit("app/b")]));
    const next = log.look(stats([unit("app/a", { accepted: 1 }), unit("app/b")]));
    const wrong = [
      { ...next, from: 0 },
      { ...next, units: [null] },
      { ...next, units: [{ id: "x" }] },
      { ...next, units: [{ id: 9, at: 3 }] },
      { ...next, units: [{ id: 9 }] },
    ];
    for (const frame of wrong) {
      const mirror = new StatsMirror();
      expect(mirror.apply(sent(first, "binary"))).toBeDefined();
      expect(mirror.apply(sent(frame, "binary")), JSON.stringify(frame)).toBeUndefined();
      if (frame.from === 1) expect(mirror.apply(sent(next, "binary"))).toBeUndefined();
      expect(mirror.apply(sent(log.whole, "binary"))).toHaveProperty("units.0.accepted", 1);
    }
  });
});
