/** When an answer was kept, and how long it may be given again. */
export interface Age {
  /** Monotonic ms. */
  readonly at: number;
  readonly ttlMs: number;
  /** How much longer it may stand in for an error, ms. */
  readonly staleMs: number;
}

/**
 *   kept ──── ttl ────▶ stale ──── staleIfError ────▶ gone
 *     given to all        given instead of an error
 *
 * Its last millisecond counts.
 */
export function freshness({ at, ttlMs, staleMs }: Age, now: number): "fresh" | "stale" | "gone" {
  const age = now - at;
  return age <= ttlMs ? "fresh" : age <= ttlMs + staleMs ? "stale" : "gone";
}
