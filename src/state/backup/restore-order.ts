/**
 * The order in which restored files take their names: the newest journal first, then down to the oldest, the checkpoints last.
 * A power cut in between leaves a journal whose beginning is missing, which no store opens; the other way round it would
 * leave an older state that looks whole.
 */
export function restoreOrder(names: readonly string[]): string[] {
  const rank = (name: string) => (name.startsWith("checkpoint-") ? -1 : Number(/\d+/.exec(name)?.[0] ?? 0));
  return [...names].sort((one, other) => rank(other) - rank(one) || (one < other ? -1 : 1));
}
