import type { PoolBounds } from "../pools/pool-bounds.js";
import type { ScalingView } from "./scaling-rule.js";

/** How often a pool that works is looked at, ms. */
export const LOOK_MS = 100;

/** The same while mail waits: as soon as it has waited too long, but no sooner than this, ms. */
const SOONEST_MS = 2;

/** A pool whose `shrinkAfter` is less than a look is looked at as often as that, but no sooner than this, ms. */
const SOONEST_GO_MS = 20;

/** An idle pool that may shrink is looked at so many times in `shrinkAfter`. */
const IDLE_LOOKS = 10;

export interface NextLook {
  readonly inMs: number;
  /** Sooner, once so many messages wait. */
  readonly atWaiting?: number;
}

/**
 * When to look at a pool again; undefined: not before something comes.
 * @param judging a growth is being watched
 */
export function nextLook(
  { waiting, busy, members, oldestWaitMs, startMs }: ScalingView,
  { min, targetWaitMs, shrinkAfterMs }: Pick<PoolBounds, "min" | "targetWaitMs" | "shrinkAfterMs">,
  judging: boolean,
): NextLook | undefined {
  if (waiting > 0) {
    const patience = Math.max(targetWaitMs, startMs ?? 0);
    // What has waited too long already, and is still there, waits for more than a moment.
    const left = patience - oldestWaitMs;
    return { inMs: Math.min(LOOK_MS, Math.max(SOONEST_MS, left >= 0 ? left : LOOK_MS)), atWaiting: 2 * waiting };
  }
  // Members that may go sooner than that are looked at as often as they may go.
  const inMs = members > min ? Math.min(LOOK_MS, Math.max(SOONEST_GO_MS, shrinkAfterMs)) : LOOK_MS;
  if (busy > 0 || judging) return { inMs };
  return members > min ? { inMs: Math.max(inMs, shrinkAfterMs / IDLE_LOOKS) } : undefined;
}
