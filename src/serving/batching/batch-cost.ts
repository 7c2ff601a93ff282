/**
 * What a batch of n costs, as learned: fixed + each × n, in ms. Sums of a regression in which older samples weigh less; plain
 * data, so that a decision can be replayed.
 */
export interface BatchCost {
  readonly weight: number;
  readonly n: number;
  readonly nn: number;
  readonly ms: number;
  readonly nms: number;
}

export const unknownCost: BatchCost = { weight: 0, n: 0, nn: 0, ms: 0, nms: 0 };

/** Each sample leaves so much of those before: about the last hundred count. */
const KEPT = 0.99;

/** A sample that took so many times what was expected says that the machine was at something else: it counts as this. */
const OUTLIER = 4;

/** Samples before one can be called an outlier. */
const FEW = 5;

/** One batch more: its size and what it took, ms. */
export function learnCost(cost: BatchCost, size: number, tookMs: number): BatchCost {
  const expected = cost.weight >= FEW ? costOf(cost, size)! : Number.POSITIVE_INFINITY;
  const ms = Math.min(tookMs, expected * OUTLIER);
  return {
    weight: cost.weight * KEPT + 1,
    n: cost.n * KEPT + size,
    nn: cost.nn * KEPT + size * size,
    ms: cost.ms * KEPT + ms,
    nms: cost.nms * KEPT + size * ms,
  };
}

/**
 * How much sizes must differ, as a part of their mean, before what they cost tells the parts apart as well as it does not: with
 * one odd size among hundreds alike, noise would decide.
 */
const TELLING = 0.15;

/**
 * The two parts; undefined before the first sample. As far as nothing tells them apart, all of it is taken as growing with the
 * size, which promises no gain (ridge regression towards that).
 */
export function partsOf({ weight, n, nn, ms, nms }: BatchCost): { fixedMs: number; eachMs: number } | undefined {
  if (weight === 0) return undefined;
  const mean = n / weight;
  const spread = Math.max(0, nn / weight - mean * mean);
  const together = nms / weight - (mean * ms) / weight;
  const doubt = (TELLING * mean) ** 2;
  const eachMs = Math.max(0, (together + (doubt * ms) / n) / (spread + doubt));
  const fixedMs = Math.max(0, ms / weight - eachMs * mean);
  // A slope that would make the smallest batch free is noise: the mean decides.
  return fixedMs === 0 ? { fixedMs, eachMs: ms / n } : { fixedMs, eachMs };
}

/** What a batch of that size is expected to take, ms; undefined before the first sample. */
export function costOf(cost: BatchCost, size: number): number | undefined {
  const parts = partsOf(cost);
  return parts && parts.fixedMs + parts.eachMs * size;
}
