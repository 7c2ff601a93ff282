/** What was seen of one version on probation. */
export interface Seen {
  /** Answers that were given. */
  readonly answered: number;
  /** Requests that it failed. */
  readonly errors: number;
  /** How long the latest answers took, ms; at most `kept` of them. */
  readonly ms: readonly number[];
}

/** Enough for a 99th percentile with ten above it. */
const kept = 1000;

/** Of that percentile: so many of the slowest are passed over at least, for a pause of the machine is nobody's. */
const passedOver = 2;

export const nothingSeen: Seen = { answered: 0, errors: 0, ms: [] };

export function answeredIn(seen: Seen, ms: number): Seen {
  const { answered, errors, ms: before } = seen;
  return { answered: answered + 1, errors, ms: [...(before.length < kept ? before : before.slice(1)), ms] };
}

export function erred(seen: Seen): Seen {
  return { ...seen, errors: seen.errors + 1 };
}

/**
 * The 99th percentile, ms; of few answers the slowest but two, and of very few the quickest. NaN of none.
 */
export function p99({ ms }: Seen): number {
  const sorted = [...ms].sort((a, b) => a - b);
  const above = Math.max(passedOver, Math.floor(sorted.length / 100));
  return sorted[Math.max(0, sorted.length - 1 - above)] ?? Number.NaN;
}
