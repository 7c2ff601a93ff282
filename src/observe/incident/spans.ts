/** A span of time, ms since 1970; `to` is not before `from`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The spans as disjoint ones, in order: those that touch become one. */
export function joined(spans: readonly Span[]): Span[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

/** When at least `least` of several lists of disjoint spans hold at once. */
export function together(lists: readonly (readonly Span[])[], least: number): Span[] {
  const edges = lists.flat().flatMap(({ from, to }) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  // What ends where another begins does not overlap it.
  edges.sort((a, b) => a.at - b.at || a.by - b.by);
  const result: Span[] = [];
  let held = 0;
  let since: number | undefined;
  for (const { at, by } of edges) {
    held += by;
    if (held >= least) since ??= at;
    else if (since !== undefined) {
      if (at > since) result.push({ from: since, to: at });
      since = undefined;
    }
  }
  return joined(result);
}

/** The part of a span that lies within a window; undefined where nothing does. */
export function within({ from, to }: Span, window: Span): Span | undefined {
  const part = { from: Math.max(from, window.from), to: Math.min(to, window.to) };
  return part.from <= part.to ? part : undefined;
}

/** How long all of them take. */
export function total(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}
