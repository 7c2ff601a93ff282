import { expect, it } from "vitest";
import { reportLines } from "../../../src/cli/report/report-lines.js";
import { columnsOf } from "../../../src/cli/terminal/terminal-text.js";
import type { FlightEvent } from "../../../src/system/death/black-box.js";
import { death, evidence, start } from "../observe/incident-cast.js";

const flight: FlightEvent[] = [
  {
    at: start - 30_000,
    path: "app/speech",
    key: undefined,
    actor: 1,
    incarnation: 3,
    kind: "started",
    method: "hear",
    seq: 9,
  },
  {
    at: start - 1.25,
    path: "app/other",
    key: undefined,
    actor: 2,
    incarnation: 1,
    kind: "note",
    text: "\u001b[2Jhello",
  },
];

const hung = death(7, start, "app/speech", {
  cause: { kind: "hung", method: "hear", limitMs: 30_000, ageMs: 30_040, where: "await" },
  incarnation: 3,
  host: "thread 4",
  executing: [{ ...evidence("hear", 9), ranForMs: 30_000 }],
  redelivered: 2,
  failed: 1,
  level: "cold",
  record: { phase: "js", beatAgeMs: 12, heap: 40_000_000, external: 3_000_000, finished: [8] },
  together: ["app/other"],
  flight,
});

it("a crash report has everything that is known of a death, and no line is too long", () => {
  expect(reportLines(hung, 80)).toEqual([
    "report 7: app/speech died at 2026-05-01 03:00:00 UTC",
    "who        incarnation 3 on thread 4",
    "why        hear ran for 30040 ms, limit 30000 ms, awaiting what never came: give",
    "           what it awaits a time-out of its own",
    "with it    app/other",
    "executing  hear #9 [Float32Array(4)], 16 bytes, digest 00ff00ff00ff00ff, ran 30",
    "           s",
    "mail       2 redelivered, 1 failed",
    "decided    restart, back by a cold start",
    "record     phase js, last beat 12 ms before, heap 40 MB, external 3.0 MB",
    "took       100 ms",
    "  detect    10 ms     ███",
    "  decide    1 ms",
    "  restart   49 ms     ███████████████",
    "  warm      40 ms     ████████████",
    "the last events there",
    " -30000.0 ms  started   hear #9",
    "     -1.3 ms  note      [2Jhello  (app/other)",
  ]);
  for (const width of [80, 40, 24]) {
    for (const line of reportLines(hung, width)) expect(columnsOf(line)).toBeLessThanOrEqual(width);
  }
});

it("what is not known is said, and a name moves no cursor", () => {
  const unborn = death(1, start, "app/\u001b[2Jx\n", {
    cause: { kind: "start-failed", error: new Error(`no ${"very ".repeat(30)}long\u0007`) },
    times: {},
    level: undefined,
    decision: "quarantine",
  });
  const lines = reportLines(unborn, 80);
  expect(lines[0]).toBe("report 1: app/�[2Jx died at 2026-05-01 03:00:00 UTC");
  expect(lines).toContain("record     none is kept, or no host was ready");
  expect(lines).toContain("events     none are known");
  expect(lines.join("")).not.toMatch(/\p{Cc}/u);
});

it("how many events are not shown is said, with how to see them", () => {
  const cut = { ...hung, flightOmitted: 55 };
  expect(reportLines(cut, 80)).toContain("the last 2 of 57 events there: --all shows all");
});

it("an older report, remembered without its flight recorder, is shown all the same", () => {
  const { flight: _, ...older } = hung;
  const lines = reportLines(older as typeof hung, 80);
  expect(lines[0]).toBe("report 7: app/speech died at 2026-05-01 03:00:00 UTC");
  expect(lines.at(-1)).toBe("events     flight recorder: no longer kept");
});
