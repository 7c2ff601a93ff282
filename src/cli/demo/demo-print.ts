import type { Segment } from "../../serving/models/segmenter.js";
import { segmentsOf } from "../../serving/models/segmenter.js";
import type { DemoRun } from "./demo-run.js";

/** Answers further apart than this are wrong. */
const TOLERANCE = 1e-6;

/** One line for each kill: what was executing, how it came back, where the milliseconds went. */
export function timeline({ kills, results }: DemoRun): string {
  const head = [
    "kill",
    "chunk",
    "at s",
    "executing",
    "came back",
    "detect",
    "decide",
    "restart",
    "warm",
    "replay",
    "sum ms",
  ];
  const rows = kills.map(({ chunk, report }, index) => {
    const { detectMs, decideMs, restartMs, warmMs, redeliverMs } = report?.times ?? {};
    const steps = [detectMs, decideMs, restartMs, warmMs, redeliverMs];
    const executing = report?.executing.map(({ method }) => method).join(" ") || "-";
    const sum = steps.reduce<number>((total, ms) => total + (ms ?? 0), 0);
    const at = results[chunk]?.seconds.toFixed(2) ?? "";
    return [index + 1, chunk, at, executing, report?.level ?? "-", ...steps.map(ms), ms(sum)].map(String);
  });
  return table([head, ...rows]);
}

/** Prints both runs' segments side by side. @returns whether every answer is the same */
export function compare(what: string, undisturbed: DemoRun, killed: DemoRun, say: (line: string) => void): boolean {
  const [ours, theirs] = [killed, undisturbed].map((run) =>
    segmentsOf(run.results.map(({ probability }) => probability)),
  );
  const apart = undisturbed.results.map((result, i) =>
    Math.abs(result.probability - (killed.results[i]?.probability ?? NaN)),
  );
  const largest = Math.max(0, ...apart);
  const same = killed.results.length === undisturbed.results.length && largest <= TOLERANCE;
  say(`\n${what}:`);
  say(`speech, undisturbed: ${list(theirs!)}`);
  say(`speech, ${killed.kills.length} kills:   ${list(ours!)}`);
  say(
    `${killed.results.length} of ${undisturbed.results.length} answers, largest difference ${largest}: ${same ? "identical" : "DIFFERENT"}`,
  );
  return same;
}

function list(segments: readonly Segment[]): string {
  return segments.map(({ start, end }) => `${start.toFixed(2)}-${end.toFixed(2)}`).join("  ");
}

function ms(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(1);
}

function table(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join("  ")).join("\n");
}
