import { until as expectUntil } from "holdfast/testing";

/** Waits for a condition, however long a loaded machine takes; fails with what was waited for. */
export function until(condition: () => boolean, what: string): Promise<void> {
  return expectUntil(condition, what, { within: "25s" });
}
