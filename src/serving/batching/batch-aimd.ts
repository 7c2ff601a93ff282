/**
 * How large batches may be for a latency target: additive increase, multiplicative decrease (Clipper, NSDI 2017; the rule is
 * TCP's). Plain data, so that a decision can be replayed.
 *
 *   100 items, at most 1 % late, and batches were full ──▶ one larger; twice as large until the first was late
 *   more than 1 % of 100 late ───────────────────────────▶ three quarters as large
 */
export interface BatchSize {
  /** Items that a batch may have now. */
  readonly size: number;
  /** Items since the last change, and how many of them were late. */
  readonly seen: number;
  readonly late: number;
  /** A batch was as large as it might be: a larger one would have been used. */
  readonly reached: boolean;
  /** Nothing was late yet. */
  readonly early: boolean;
}

/** Batches begin small: the first are the slowest in any case, while the model warms up. */
export const firstSize: BatchSize = { size: 1, seen: 0, late: 0, reached: false, early: true };

/** Items that make a 99th percentile. */
const WINDOW = 100;

/** Of these, so many may be late. */
const LATE = WINDOW / 100;

const DECREASE = 0.75;

/**
 * One batch more.
 * @param count its items
 * @param late  how many of them took longer than the target
 * @param max   no batch is larger than this
 */
export function nextSize(before: BatchSize, count: number, late: number, max: number): BatchSize {
  const { size } = before;
  const now: BatchSize = {
    ...before,
    seen: before.seen + count,
    late: before.late + late,
    reached: before.reached || count >= size,
  };
  const fresh = { seen: 0, late: 0, reached: false };
  if (now.late > LATE) return { ...fresh, size: Math.max(1, Math.floor(size * DECREASE)), early: false };
  if (now.seen < WINDOW) return now;
  const larger = now.early ? size * 2 : size + 1;
  return { ...fresh, size: now.reached ? Math.min(max, larger) : size, early: now.early };
}
