import type { ServerFrame } from "../protocol/frames.js";

/** Close reasons hold at most 123 bytes. */
export function closeReason(reason: string): string {
  const bytes = Buffer.from(reason);
  return bytes.length <= 123 ? reason : new TextDecoder().decode(bytes.subarray(0, 120)).replace(/\uFFFD+$/, "");
}

/** Why a frame could not be sent, and what to ask for instead. */
export function unsent({ type }: ServerFrame, why: string): string {
  return type === "tree" ? `the tree fits no frame: watch with diffs, and it comes in parts (${why})` : why;
}
