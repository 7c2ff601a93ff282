import type { Scaling } from "../system/tree.js";
import { ageText } from "./age-text.js";

const names: Record<Scaling["by"], string> = { rule: "", hand: "by hand, ", judge: "undone, " };

/**
 * Who gave a pool its size, when and why: "just now: 40 waiting × 5 ms by 2: 100 ms to wait, over 50 ms". Nothing of a pool whose
 * size is fixed.
 */
export function scalingReason({ min, max, by, why, sinceMs }: Scaling): string | undefined {
  return min === max && by === "rule" ? undefined : `${names[by]}${ageText(sinceMs)}: ${why}`;
}
