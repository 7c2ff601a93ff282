/** Lines that a host may write at once, and in a second after that: a person reads one, a disk takes them, a flood is neither. */
export const LOG_BURST = 200;
export const LOG_PER_SECOND = 100;

/** How many lines may still be written, and how many were not. */
export interface LogBudget {
  readonly left: number;
  /** When that was, ms. */
  readonly at: number;
  /** Since the last line that was written. */
  readonly dropped: number;
}

/** A full one. */
export function fullBudget(at: number): LogBudget {
  return { left: LOG_BURST, at, dropped: 0 };
}

/** One line comes. @returns whether it is written, and how many before it were not */
export function takeLine(
  { left, at, dropped }: LogBudget,
  now: number,
): { readonly budget: LogBudget; readonly written: boolean; readonly dropped: number } {
  const filled = Math.min(LOG_BURST, left + ((now - at) * LOG_PER_SECOND) / 1000);
  if (filled < 1) return { budget: { left: filled, at: now, dropped: dropped + 1 }, written: false, dropped: 0 };
  return { budget: { left: filled - 1, at: now, dropped: 0 }, written: true, dropped };
}
