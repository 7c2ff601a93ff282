import { labelText } from "./label-text.js";
import type { Samples } from "./samples.js";

/** What the policies of a hop have done: `hopStatistics(ref)` of holdfast/serving is this. */
export interface HopFigures {
  readonly retry?: { readonly retries: number; readonly overBudget: number };
  readonly hedge?: { readonly hedged: number; readonly won: number };
  readonly cache?: { readonly hits: number; readonly misses: number; readonly shared: number; readonly stale: number };
  readonly breaker?: { readonly refused: number };
  readonly fallback?: { readonly used: number };
}

/** Hops by the name that they are told under: `{ digits: () => hopStatistics(digits) }`. */
export type Hops = Readonly<Record<string, () => HopFigures>>;

/** One hop's retries, hedges, cache, breaker and fallback; those that it has not are left out. */
export function readHop(name: string, { retry, hedge, cache, breaker, fallback }: HopFigures, samples: Samples): void {
  const hop = { hop: labelText(name) };
  if (retry) {
    samples.add("holdfast_hop_retries_total", retry.retries, hop);
    samples.add("holdfast_hop_retries_over_budget_total", retry.overBudget, hop);
  }
  if (hedge) {
    samples.add("holdfast_hop_hedges_total", hedge.hedged, hop);
    samples.add("holdfast_hop_hedges_won_total", hedge.won, hop);
  }
  if (cache) {
    const outcomes = { hit: cache.hits, miss: cache.misses, shared: cache.shared, stale: cache.stale };
    for (const [outcome, n] of Object.entries(outcomes)) samples.add("holdfast_hop_cache_total", n, hop, { outcome });
  }
  if (breaker) samples.add("holdfast_hop_breaker_refused_total", breaker.refused, hop);
  if (fallback) samples.add("holdfast_hop_fallbacks_total", fallback.used, hop);
}
