/** Several measurements, in short. */
export interface Distribution {
  readonly count: number;
  readonly median: number;
  readonly worst: number;
}

/** Undefined where nothing was measured. */
export function distribution(values: readonly number[]): Distribution | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  return { count: sorted.length, median, worst: sorted.at(-1)! };
}

/** How often each name occurs, the most frequent first. */
export function countsOf(names: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}
