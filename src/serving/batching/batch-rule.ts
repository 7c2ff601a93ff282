import { type BatchCost, costOf } from "./batch-cost.js";

/** An item that waits to be batched, as the rule sees it. Times are monotonic ms. */
export interface WaitingItem {
  /** Only items of one key run together: a shape, a language. */
  readonly key: string;
  /** What it adds to a batch; 1 unless a weight function says otherwise. */
  readonly weight: number;
  readonly since: number;
  /** Its answer is of no use after; Infinity for none. */
  readonly deadline: number;
}

/** Bounds of a batch. */
export interface BatchLimits {
  /** Of items. */
  readonly maxSize: number;
  /** Of their weights together. */
  readonly maxWeight: number;
  /** The first item waits for others no longer than this, ms. */
  readonly maxDelayMs: number;
}

export type BatchDecision =
  /** Nothing to do before then; Infinity where nothing waits. */
  | { readonly is: "wait"; readonly until: number }
  /** These run now, by their places in the list. */
  | { readonly is: "run"; readonly items: readonly number[]; readonly why: "full" | "delay" | "deadline" };

/** A margin for what the estimate does not know, as a part of it. */
const MARGIN = 0.25;

/**
 * Which items run together, and when. Items keep their order; a batch is made of the oldest item's key, so that no key starves.
 *
 *   full (size or weight) ───────────────────────────────▶ run
 *   oldest waited maxDelay ──────────────────────────────▶ run
 *   an item would be late if it waited for longer ───────▶ run
 *   no member is free ───────────────────────────────────▶ wait, and grow: what comes meanwhile costs nothing
 *
 * @param waiting in the order in which they came
 * @param free    a member could begin now
 */
export function decideBatch(
  waiting: readonly WaitingItem[],
  limits: BatchLimits,
  cost: BatchCost,
  free: boolean,
  now: number,
): BatchDecision {
  if (waiting.length === 0 || !free) return { is: "wait", until: Number.POSITIVE_INFINITY };
  const { key, since } = waiting[0]!;
  const items: number[] = [];
  let weight = 0;
  let soonest = Number.POSITIVE_INFINITY;
  let full = false;
  for (let i = 0; i < waiting.length && !full; i++) {
    const item = waiting[i]!;
    if (item.key !== key) continue;
    // One that is too heavy for any batch runs alone: its weight is the user's word, not a reason to keep it for ever.
    if (items.length > 0 && weight + item.weight > limits.maxWeight) {
      full = true;
      break;
    }
    items.push(i);
    weight += item.weight;
    soonest = Math.min(soonest, item.deadline);
    full = items.length >= limits.maxSize || weight >= limits.maxWeight;
  }
  if (full) return { is: "run", items, why: "full" };
  const delayEnds = since + limits.maxDelayMs;
  if (now >= delayEnds) return { is: "run", items, why: "delay" };
  // What it would take with one more: to wait for that one must not make anybody late.
  const took = (costOf(cost, items.length + 1) ?? 0) * (1 + MARGIN);
  const latest = soonest - took;
  if (now >= latest) return { is: "run", items, why: "deadline" };
  return { is: "wait", until: Math.min(delayEnds, latest) };
}
