/** What it takes until a new member serves, as far as it was seen; plain data. */
export interface LearnedStart {
  /** The median of `latest`, ms. */
  readonly ms: number;
  /** The latest starts, the oldest first, ms. */
  readonly latest: readonly number[];
  /** When the last of them served. */
  readonly at: number;
}

/** Starts are rare: of so many, the two slowest and the two fastest say nothing. */
const STARTS = 5;

/**
 * The time from the wish for a member to its readiness: the median of the last five, since a start that met a busy disk, or
 * one that was lucky, says little of the next. Starts onto a parked spare and cold ones are different things, with an
 * estimate each.
 */
export function observeStart(before: LearnedStart | undefined, ms: number, now: number): LearnedStart | undefined {
  if (!(ms >= 0) || !Number.isFinite(ms)) return before;
  const latest = [...(before?.latest ?? []).slice(1 - STARTS), ms];
  const sorted = latest.toSorted((a, b) => a - b);
  // Of two it is the longer: members that come sooner than was thought do no harm.
  return { ms: sorted[latest.length >> 1]!, latest, at: now };
}
