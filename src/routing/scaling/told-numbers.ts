import type { ScalingView } from "./scaling-rule.js";

type Told = "waiting" | "oldestWaitMs" | "busy" | "serviceMs" | "startMs";

/** What the event of a change tells of the view that it was decided by; nothing where nobody looked. */
export function toldNumbers(view: ScalingView | undefined): Partial<Pick<ScalingView, Told>> {
  const { waiting, oldestWaitMs, busy, serviceMs, startMs } = view ?? {};
  return { waiting, oldestWaitMs, busy, serviceMs, startMs };
}
