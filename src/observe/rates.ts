/** What a unit has counted until a look; of `UnitStats` what rates are made of. */
export interface Counts {
  readonly answered: number;
  readonly told: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly latency?: { readonly buckets: readonly number[] };
}

/** Between two looks: messages a second, and how long asks took. */
export interface Rates {
  /** Settled in a second: answered, told, and failed. */
  readonly perSecond: number;
  readonly failedPerSecond: number;
  /** Milliseconds; undefined where nothing was timed between the looks. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

/**
 * The rates between two looks at one unit: pure. Numbers that have become smaller are those of another unit of the same name: then
 * what it has counted since is all there is.
 * @param before undefined: nothing is known of before, and nothing can be said
 * @param boundsMs upper bounds of the histogram's buckets; it has one bucket more, for the rest
 */
export function ratesBetween(
  before: Counts | undefined,
  now: Counts,
  passedMs: number,
  boundsMs: readonly number[],
): Rates | undefined {
  if (!before || passedMs <= 0) return undefined;
  const anew = settled(now) < settled(before);
  const since = anew ? 0 : settled(before);
  const failedSince = anew ? 0 : sum(before.failed);
  const buckets = now.latency?.buckets.map((count, index) => {
    return Math.max(0, count - (anew ? 0 : (before.latency?.buckets[index] ?? 0)));
  });
  return {
    perSecond: ((settled(now) - since) * 1000) / passedMs,
    failedPerSecond: (Math.max(0, sum(now.failed) - failedSince) * 1000) / passedMs,
    p50Ms: buckets && quantile(buckets, boundsMs, 0.5),
    p99Ms: buckets && quantile(buckets, boundsMs, 0.99),
  };
}

/** Whether something has left a sum of counts: what the others did meanwhile cannot be told from it. */
export function hasLeft(before: Counts, now: Counts): boolean {
  return settled(now) < settled(before);
}

/**
 * A quantile of a histogram, even within its bucket; of what is beyond the last bound, that bound: it was at least so much.
 * @param share 0.99
 * @returns undefined where the histogram is empty
 */
export function quantile(buckets: readonly number[], bounds: readonly number[], share: number): number | undefined {
  const all = buckets.reduce((total, count) => total + count, 0);
  if (all === 0) return undefined;
  let left = share * all;
  for (const [index, count] of buckets.entries()) {
    if (left > count || count === 0) {
      left -= count;
      continue;
    }
    const low = bounds[index - 1] ?? 0;
    const high = bounds[index] ?? low;
    return low + ((high - low) * left) / count;
  }
  return bounds.at(-1);
}

function settled({ answered, told, failed }: Counts): number {
  return answered + told + sum(failed);
}

function sum(counts: Readonly<Record<string, number>>): number {
  let total = 0;
  for (const count of Object.values(counts)) total += count;
  return total;
}
