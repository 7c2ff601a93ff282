import type { DeathReport } from "../../../system/death/report.js";
import { durationText } from "../kit/number-text.js";
import { backMs } from "./report-text.js";

/**
 * How many died within a span that ends now, and how long it took to come back: pure. Reports are numbered from 1 without a
 * gap, so it says "at least" where one that may lie within the span is not known.
 * @param reports newest first
 */
export function summaryText(reports: readonly DeathReport[], now: number, spanMs: number): string {
  const within = reports.filter(({ at }) => at >= now - spanMs);
  const [newest] = within;
  if (!newest) return "";
  const before = reports.find(({ at }) => at < now - spanMs)?.id ?? 0;
  const some = newest.id - before > within.length ? "at least " : "";
  const deaths = `${some}${within.length} ${within.length === 1 ? "death" : "deaths"}`;
  const backs = within.flatMap((report) => backMs(report) ?? []).sort((a, b) => a - b);
  if (backs.length === 0) return deaths;
  const median = backs[Math.floor(backs.length / 2)]!;
  return `${deaths}, back after ${durationText(median)} (median), ${durationText(backs.at(-1)!)} at worst`;
}
