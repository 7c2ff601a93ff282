import type { PoolBounds } from "../pools/pool-bounds.js";

/**
 * How many members shall work, at least and at most. Those that are aside (parked, or drained by hand) serve nobody, so that others
 * stand in for them; each keeps its place below `max`, since it holds its host and may come back:
 *
 *   max 4, min 2    ● ● ◑ _    1 aside: 2 work already, and there may be 3
 */
export function workingBounds(
  { min, max }: Pick<PoolBounds, "min" | "max">,
  aside: number,
): { min: number; max: number } {
  const most = Math.max(0, max - aside);
  return { min: Math.min(min, most), max: most };
}
