import { expect, it } from "vitest";
import type { FlightEvent } from "../../../src/system/death/black-box.js";
import { flightLines } from "../../../src/system/death/flight-lines.js";
import type { DeathReport } from "../../../src/system/death/report.js";

const own = { path: "app/digits", key: undefined, actor: 1, incarnation: 3 };
const died = (flight: readonly FlightEvent[]) =>
  ({ at: 10_000, path: "app/digits", key: undefined, flight }) as unknown as DeathReport;

it("the last events are told with age, kind, method, number and outcome, oldest first", () => {
  const report = died([
    { ...own, at: 1, kind: "actor-started" },
    { ...own, at: 9_000, kind: "settled", method: "classify", seq: 7, text: "ok" },
    { ...own, at: 9_987.66, kind: "started", method: "classify", seq: 8 },
    { ...own, path: "app/other", at: 9_999, kind: "timer" },
  ]);
  expect(flightLines(report, 3)).toEqual([
    "  -1000.0 ms  settled   classify #7 ok",
    "    -12.3 ms  started   classify #8",
    "     -1.0 ms  timer     (app/other)",
  ]);
  expect(flightLines(report, 99)).toHaveLength(4);
});

it("each is one line of 80 characters at most, whatever a note says", () => {
  const note = (text: string): FlightEvent => ({ ...own, at: 9_999.9, kind: "note", text });
  const lines = flightLines(died([note("two\nlines \u001b[31m"), note("x".repeat(120))]), 2);
  expect(lines[0]).toBe("     -0.1 ms  note      two lines [31m");
  expect(lines[1]).toHaveLength(80);
  expect(lines[1]).toMatch(/x…$/);
});
