/** One place of an axis of time that has a label. */
export interface TimeTick {
  /** Milliseconds since 1970: a round time of the reader's clock. */
  readonly at: number;
  /** Where it is: 0 is the left edge, 1 is now. */
  readonly part: number;
}

const MINUTE = 60_000;
/** Steps that a clock's face knows, so that no label reads 10:07. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720].map((minutes) => minutes * MINUTE);
/** Labels are a word each, and there may be a phone's width for all. */
const MOST = 6;
/** Nearer to an edge, a label would leave the strip, or lie on "now". */
const LEFT = 0.04;
const RIGHT = 0.93;

/**
 * The round times within a span that ends now: pure.
 * @param aheadMs how far the reader's clock is ahead of UTC
 */
export function timeTicks(now: number, spanMs: number, aheadMs: number): TimeTick[] {
  const step = steps.find((ms) => spanMs / ms <= MOST) ?? steps.at(-1)!;
  const first = Math.ceil((now - spanMs + aheadMs) / step) * step - aheadMs;
  const ticks: TimeTick[] = [];
  for (let at = first; at <= now; at += step) {
    const part = 1 - (now - at) / spanMs;
    if (part >= LEFT && part <= RIGHT) ticks.push({ at, part });
  }
  return ticks;
}
