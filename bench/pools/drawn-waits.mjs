import { median } from "../measure/stats.mjs";
import { table } from "../measure/table.mjs";

/**
 * How long messages took, a line for each contender; "times": its p99 beside that of the first.
 * @param {string} title
 * @param {readonly { name: string, p50s: number[], p99s: number[] }[]} contenders with a p50 and a p99 of each round, ms
 * @returns {string}
 */
export function drawnWaits(title, contenders) {
  const unit = median(contenders[0].p99s);
  const rows = contenders.map(({ name, p50s, p99s }) => [
    name,
    median(p50s).toFixed(1),
    median(p99s).toFixed(1),
    (median(p99s) / unit).toFixed(2),
  ]);
  return table(title, ["", "p50 ms", "p99 ms", "times"], rows);
}
