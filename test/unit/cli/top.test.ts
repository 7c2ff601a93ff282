import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { painter } from "../../../src/cli/terminal/paint.js";
import { columnsOf } from "../../../src/cli/terminal/terminal-text.js";
import { compactMs, compactNumber } from "../../../src/cli/top/compact.js";
import { topHead, topLines } from "../../../src/cli/top/top-lines.js";
import { type Look, sortKeys, topRows } from "../../../src/cli/top/top-rows.js";
import { TopScreen } from "../../../src/cli/top/top-screen.js";
import { latencyBoundsMs, type UnitStats } from "../../../src/system/stats.js";
import { actor, pool } from "../observe/incident-cast.js";

function unit(path: string, more: Partial<UnitStats> = {}): UnitStats {
  const zero = { accepted: 0, answered: 0, told: 0, failed: {}, refused: {}, shed: 0, redelivered: 0, quarantined: 0 };
  return { path, kind: "actor", ...zero, restarts: {}, waiting: 0, executing: 0, oldestWaitMs: 0, ...more };
}

function look(at: number, ...units: UnitStats[]): Look {
  return { at, stats: { uptimeMs: at, deadLetters: { MailboxFull: 2 }, reports: 1, units } };
}

/** All of them took between 10 and 25 ms. */
function latency(count: number) {
  const bucket = latencyBoundsMs.indexOf(25);
  return { count, sumMs: count * 20, buckets: [...latencyBoundsMs, 0].map((_, at) => (at === bucket ? count : 0)) };
}

const tree = {
  ...actor("app"),
  kind: "supervisor" as const,
  children: [pool("app/digits", 2), actor("app/speech", { state: "quarantined" }), actor("app/audit")],
};

const before = look(
  1000,
  unit("app", { kind: "supervisor" }),
  unit("app/digits", { kind: "pool", answered: 100, latency: latency(100) }),
  unit("app/digits/1", { partOf: "app/digits" }),
  unit("app/digits/2", { partOf: "app/digits" }),
  unit("app/speech"),
  unit("app/audit"),
);
const now = look(
  3000,
  unit("app", { kind: "supervisor" }),
  unit("app/digits", {
    kind: "pool",
    answered: 2100,
    failed: { Timeout: 4 },
    waiting: 40,
    oldestWaitMs: 1500,
    executing: 2,
    restarts: { hung: 1, threw: 2 },
    latency: latency(2104),
  }),
  unit("app/digits/1", { partOf: "app/digits", restarts: { hung: 1 }, heapBytes: 40e6 }),
  unit("app/digits/2", { partOf: "app/digits", restarts: { threw: 2 }, heapBytes: 42e6 }),
  unit("app/speech"),
  unit("app/audit", { told: 10 }),
);

describe("what is busy", () => {
  it("is told a pool at a time, with all that its members hold; what does not run comes first", () => {
    expect(topLines(topRows(before, now, tree, { sort: "rate" }), "rate", 80)).toEqual([
      "  path                rate*  fail   p50   p99  wait   age  exec  died size  heap",
      "✕ app/speech              0     0     -     -     0     -     0     0          -",
      "● app/digits             1k     2  18ms  25ms    40  1.5s     2     3    2  82MB",
      "● app/audit               5     0     -     -     0     -     0     0          -",
    ]);
  });

  it("is sorted, filtered, and shown with members where one wants", () => {
    const paths = (choice: Parameters<typeof topRows>[3]) => topRows(before, now, tree, choice).map(({ path }) => path);
    expect(paths({ sort: "path" })).toEqual(["app/speech", "app/audit", "app/digits"]);
    expect(paths({ sort: "rate", filter: "DIGITS" })).toEqual(["app/digits"]);
    expect(paths({ sort: "heap", all: true })).toEqual([
      "app/speech",
      "app/digits",
      "app/digits/2",
      "app/digits/1",
      "app",
      "app/audit",
    ]);
  });

  it("has no rates at the first look, nor over a server that began anew", () => {
    const [first] = topRows(undefined, now, tree, { sort: "path", filter: "digits" });
    expect(first).toMatchObject({ rate: undefined, failed: undefined, p50: undefined, waiting: 40, restarts: 3 });
    const anew = look(5000, unit("app/digits", { kind: "pool", answered: 10 }));
    expect(topRows(now, anew, tree, { sort: "rate" })).toMatchObject([{ rate: 5 }]);
  });

  it("never makes a line too long, whatever is counted and called", () => {
    const units = fc.array(
      fc.record({
        path: fc.string({ unit: "grapheme", maxLength: 80 }),
        answered: fc.nat(1e9),
        waiting: fc.nat(1e7),
        executing: fc.nat(1e5),
        oldestWaitMs: fc.nat(1e9),
        heapBytes: fc.nat(1e12),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(units, fc.integer({ min: 30, max: 120 }), fc.constantFrom(...sortKeys), (some, width, sort) => {
        const rows = topRows(
          look(0, ...some.map(({ path }) => unit(path))),
          look(1, ...some.map((one) => unit(one.path, one))),
          tree,
          { sort },
        );
        const lines = [...topLines(rows, sort, width)];
        expect(lines).toHaveLength(some.length + 1);
        for (const line of lines) {
          expect(columnsOf(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });

  it("is summed up in a line, on a narrow terminal in two, with what does not run before the url's end", () => {
    const rows = topRows(before, now, tree, { sort: "rate" });
    expect(topHead("http://h:1\u001b[2J", now, tree, rows, 120)).toEqual([
      "h:1�[2J  up 3 s  3 running, 1 quarantined  1k/s, 2 failed/s  1 died, 2 dead letters",
    ]);
    expect(topHead(`https://${"inference.".repeat(9)}example/`, now, tree, rows, 60)).toEqual([
      "inference.inference.infer…  up 3 s  3 running, 1 quarantined",
      "1k/s, 2 failed/s  1 died, 2 dead letters",
    ]);
    for (let width = 5; width < 130; width++) {
      for (const line of topHead("http://h:1", now, tree, rows, width))
        expect(columnsOf(line)).toBeLessThanOrEqual(width);
    }
  });
});

describe("the screen of top", () => {
  it("is another one than what was there, says what does not fit, and leaves once", () => {
    let out = "";
    const screen = new TopScreen(
      (text) => {
        out += text;
      },
      () => ({ width: 40, rows: 3, paint: painter(false) }),
    );
    screen.end();
    expect(out).toBe("");
    screen.show(["a", "b", "c"]);
    expect(out).toBe("\u001b[?1049h\u001b[?25l\u001b[Ha\u001b[K\r\nb\u001b[K\r\nc\u001b[K\u001b[J");
    out = "";
    screen.show(["a", "b", "c", "d"]);
    expect(out).toBe("\u001b[Ha\u001b[K\r\nb\u001b[K\r\n… 2 more: --filter, or a taller terminal\u001b[K\u001b[J");
    out = "";
    const listeners = process.listenerCount("exit");
    screen.end();
    screen.end();
    expect(out).toBe("\u001b[?25h\u001b[?1049l");
    expect(process.listenerCount("exit")).toBe(listeners - 1);
  });
});

describe("compact numbers", () => {
  it("take five characters at most, and lose no more than they must", () => {
    expect([0, 0.44, 7, 12.4, 999, 1000, 1234, 45_678, 999_499, 999_500, 12e6].map(compactNumber)).toEqual([
      "0",
      "0.4",
      "7",
      "12",
      "999",
      "1k",
      "1.2k",
      "46k",
      "999k",
      "1M",
      "12M",
    ]);
    expect([0.4, 12, 999, 1200, 45_000, 120_000, 7_200_000].map(compactMs)).toEqual([
      "0.4ms",
      "12ms",
      "999ms",
      "1.2s",
      "45s",
      "2m",
      "2h",
    ]);
    fc.assert(fc.property(fc.double({ min: 0, max: 9e14, noNaN: true }), (n) => compactNumber(n).length <= 5));
    fc.assert(fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (n) => compactMs(n).length <= 5));
  });
});
