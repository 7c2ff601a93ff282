/**
 * How long answers took, counted in buckets that grow by a tenth each: a quantile is known to 5 %, and a thousand answers
 * take no more room than one. From 10 µs to 20 min; shorter and longer ones are in the first and the last bucket.
 */
export type Latencies = Uint32Array;

const FIRST_MS = 0.01;
const GROWTH = 1.1;
const BUCKETS = 200;

const perBucket = 1 / Math.log(GROWTH);

export function noLatencies(): Latencies {
  return new Uint32Array(BUCKETS);
}

/** Counts one answer, in place. */
export function addLatency(latencies: Latencies, ms: number): void {
  const bucket = ms > FIRST_MS ? Math.ceil(Math.log(ms / FIRST_MS) * perBucket) : 0;
  latencies[Math.min(BUCKETS - 1, bucket)]!++;
}

/** What a part of the answers did not exceed, ms: 0.99 for p99. Undefined where there were none. */
export function latencyQuantile(latencies: Latencies, part: number): number | undefined {
  let total = 0;
  for (const count of latencies) total += count;
  if (total === 0) return undefined;
  let left = Math.max(1, Math.ceil(total * part));
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    left -= latencies[bucket]!;
    // The middle of the bucket, on its own scale.
    if (left <= 0) return FIRST_MS * GROWTH ** Math.max(0, bucket - 0.5);
  }
  return undefined;
}
