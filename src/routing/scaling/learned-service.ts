/** What one message takes, as far as it was seen; plain data. */
export interface LearnedService {
  /** Mean, ms. */
  readonly ms: number;
  /** Messages it was learned from. */
  readonly seen: number;
  /** When the last of them ended. */
  readonly at: number;
}

/** The mean is over so many of the latest messages: a second of them at 30 ms each, and one outlier among them moves it by a tenth. */
const MEMORY = 32;

/**
 * A message counts as so many times the mean at most: 2 % of exponential service times are longer. The mean of a few messages is
 * no measure yet, so that the bound is wide until some ten were seen.
 */
const OUTLIER = 4;
const FEW = 8;

/**
 * The mean time of one message, learned from those that were answered: an average in which the latest weigh most, and nothing
 * weighs more than four times what was known. One call that hangs for a minute moves it by a tenth, once; work that has really
 * become a hundred times slower is known after some fifty messages.
 *
 * A mean, not a median: what waits for a member takes the mean each, its long ones included.
 * @param ms what the message took; of several that ended together, their mean
 * @param count how many those were. Default 1
 */
export function observeService(
  before: LearnedService | undefined,
  ms: number,
  now: number,
  count = 1,
): LearnedService | undefined {
  if (!(ms >= 0) || !Number.isFinite(ms) || !(count > 0)) return before;
  if (before === undefined) return { ms, seen: count, at: now };
  const seen = before.seen + count;
  // What was first seen is no more than one message: the next few count as much each, until there are enough.
  const weight = Math.max(count / seen, 1 - (1 - 1 / MEMORY) ** count);
  const bound = before.ms * OUTLIER * (1 + (FEW / before.seen) ** 2);
  const sample = before.ms > 0 ? Math.min(ms, bound) : ms;
  return { ms: before.ms + (sample - before.ms) * weight, seen, at: now };
}
