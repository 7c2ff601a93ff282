/** Upper bounds of the buckets that `UnitStats.latency` counts in, ms, ascending; what took longer is in one bucket more. */
export const latencyBoundsMs: readonly number[] = Object.freeze([
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000,
]);

/** How long messages took, counted in buckets: a few numbers, however many there were. */
export class Latencies {
  count = 0;
  sumMs = 0;
  readonly buckets: number[] = Array.from({ length: latencyBoundsMs.length + 1 }, () => 0);

  add(ms: number): void {
    let at = 0;
    while (at < latencyBoundsMs.length && ms > latencyBoundsMs[at]!) at++;
    this.buckets[at]!++;
    this.count++;
    this.sumMs += ms;
  }

  addAll({ count, sumMs, buckets }: Latencies): void {
    for (const [at, some] of buckets.entries()) this.buckets[at]! += some;
    this.count += count;
    this.sumMs += sumMs;
  }
}
