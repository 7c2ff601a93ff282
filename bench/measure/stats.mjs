/** What a list of samples says: nearest-rank quantiles, so that every figure is one that was really measured. */

/**
 * @param {readonly number[]} samples
 * @param {number} part 0 to 1: 0.5 is the median
 * @returns {number} NaN for no samples
 */
export function quantile(samples, part) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** @param {readonly number[]} samples */
export const median = (samples) => quantile(samples, 0.5);

/** With fewer than 100 samples this is the worst of them. @param {readonly number[]} samples */
export const p99 = (samples) => quantile(samples, 0.99);

/** For people and for JSON: four significant digits. @param {number} value */
export const rounded = (value) => Number(value.toPrecision(4));
