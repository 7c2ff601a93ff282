import type { Scaling } from "../system/tree.js";
import { ageText } from "./age-text.js";

const names: Record<Scaling["by"], string> = { rule: "", hand: "by hand, ", judge: "undone, " };

/**
 * Who gave a pool its size, when and why: "just now: 40 waiting × 5 ms by 2: 100 ms to wait, over 50 ms". And why it
 * stays so while mail waits. Nothing of a pool whose size is fixed.
 */
export function scalingReason({ min, max, by, why, sinceMs, stays }: Scaling): string | undefined {
  if (min === max && by === "rule") return undefined;
  return `${names[by]}${ageText(sinceMs)}: ${why}${stays === undefined ? "" : `; stays: ${stays}`}`;
}
