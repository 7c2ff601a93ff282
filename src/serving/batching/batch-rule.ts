import { type BatchCost, costOf, partsOf } from "./batch-cost.js";

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
 * Which items run together, and when. Items keep their order; of the keys that may run, the one that waited longest does, so
 * that none starves.
 *
 *   full (size or weight) ───────────────────────────────▶ run
 *   oldest waited maxDelay, or what a shared run saves ──▶ run
 *   an item would be late if it waited for longer ───────▶ run
 *   with one more, an item of it would be late ──────────▶ run without that one
 *   nobody is free ──────────────────────────────────────▶ wait, and grow: what comes meanwhile costs nothing
 *
 * Nobody waits for others for longer than the fixed part of a run, once that is learned: it is all that sharing a run saves,
 * and who waits no longer than what may be saved never does much worse than one who knows what will come (Dooly, Goldman, Scott:
 * "TCP dynamic acknowledgment delay", 1998).
 *
 * @param waiting in the order in which they came
 * @param costOfKey what batches of a key have cost so far
 * @param free    a run could begin now
 */
export function decideBatch(
  waiting: readonly WaitingItem[],
  limits: BatchLimits,
  costOfKey: (key: string) => BatchCost,
  free: boolean,
  now: number,
): BatchDecision {
  let until = Number.POSITIVE_INFINITY;
  if (!free) return { is: "wait", until };
  for (const [key, batch] of batchesOf(waiting, limits, costOfKey, now)) {
    const { items, full } = batch;
    if (full) return { is: "run", items, why: full };
    const { since } = waiting[items[0]!]!;
    const cost = costOfKey(key);
    const delayEnds = since + patience(limits.maxDelayMs, cost);
    if (now >= delayEnds) return { is: "run", items, why: "delay" };
    const latest = latestStart(cost, batch, since);
    if (now >= latest) return { is: "run", items, why: "deadline" };
    until = Math.min(until, delayEnds, latest);
  }
  return { is: "wait", until };
}

/** A timer takes 1 ms at least: who would wait less does not wait. */
const SHORTEST_MS = 1;

function patience(maxDelayMs: number, cost: BatchCost): number {
  const ms = Math.min(maxDelayMs, partsOf(cost)?.fixedMs ?? Number.POSITIVE_INFINITY);
  return ms < SHORTEST_MS ? 0 : ms;
}

interface Batch {
  readonly items: number[];
  weight: number;
  /** The earliest deadline that can still be met. */
  soonest: number;
  /** Takes no more, and why. */
  full: "full" | "deadline" | undefined;
}

/** The batch of each key as it would be now, the one that waited longest first. */
function batchesOf(
  waiting: readonly WaitingItem[],
  { maxSize, maxWeight }: BatchLimits,
  costOfKey: (key: string) => BatchCost,
  now: number,
): Map<string, Batch> {
  const batches = new Map<string, Batch>();
  waiting.forEach((item, i) => {
    let batch = batches.get(item.key);
    if (!batch) {
      batch = { items: [], weight: 0, soonest: Number.POSITIVE_INFINITY, full: undefined };
      batches.set(item.key, batch);
    }
    if (batch.full) return;
    const weight = batch.weight + item.weight;
    const cost = costOfKey(item.key);
    // Who is late in any batch limits none.
    const alone = now + (costOf(cost, item.weight) ?? 0);
    const own = alone <= item.deadline ? item.deadline : Number.POSITIVE_INFINITY;
    const soonest = Math.min(batch.soonest, own);
    if (batch.items.length > 0) {
      // One that is too heavy for any batch runs alone: its weight is the user's word, not a reason to keep it for ever.
      if (weight > maxWeight) batch.full = "full";
      else if (now + takes(cost, weight) > soonest) batch.full = "deadline";
      if (batch.full) return;
    }
    batch.items.push(i);
    batch.weight = weight;
    batch.soonest = soonest;
    if (batch.items.length >= maxSize || weight >= maxWeight) batch.full = "full";
  });
  return batches;
}

/** What it is expected to take, with the margin; 0 while nothing is known. */
function takes(cost: BatchCost, weight: number): number {
  return (costOf(cost, weight) ?? 0) * (1 + MARGIN);
}

/** What it would take with one more like those that are in it: to wait for that one must make nobody late. */
function latestStart(cost: BatchCost, { items, weight, soonest }: Batch, since: number): number {
  // Nothing is known of what it takes: half of what it has is kept for it.
  if (cost.weight === 0) return (since + soonest) / 2;
  return soonest - takes(cost, weight + weight / items.length);
}
