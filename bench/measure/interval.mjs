import { median, rounded } from "./stats.mjs";

/**
 * The median of samples, and between which of them the true one is with 95 % certainty, whatever their distribution: as many
 * lie below it as heads come of as many coins.
 *
 * @param {readonly number[]} samples
 * @returns {{ median: number, low: number, high: number }}
 */
export function medianInterval(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const count = sorted.length;
  let tail = 0.5 ** count;
  let chance = tail;
  let outside = 0;
  while (outside + 1 < count / 2) {
    chance = (chance * (count - outside)) / (outside + 1);
    if (tail + chance > 0.025) break;
    tail += chance;
    outside++;
  }
  return {
    median: median(sorted),
    low: sorted[outside] ?? Number.NaN,
    high: sorted[count - 1 - outside] ?? Number.NaN,
  };
}

/** As flat keys: `name`, `name_low` and `name_high`. @param {string} name @param {readonly number[]} samples */
export function intervalKeys(name, samples) {
  const { median: middle, low, high } = medianInterval(samples);
  return { [name]: rounded(middle), [`${name}_low`]: rounded(low), [`${name}_high`]: rounded(high) };
}
