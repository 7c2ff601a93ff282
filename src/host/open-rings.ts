import { availableParallelism } from "node:os";
import { RING_BYTES } from "../transport/ring.js";
import type { Loop, Rings } from "../transport/ring-link.js";

// Taken now: what a test puts in the place of the timers later must not stop the line.
const { setImmediate } = globalThis;

export const ownLoop: Loop = { cores: availableParallelism(), later: (turn) => void setImmediate(turn) };

/**
 * Memory for a line to a thread, or undefined where none can be shared, or nobody wants it: HOLDFAST_RINGS=off leaves the
 * port alone.
 */
export function openRings(): Rings | undefined {
  if (typeof SharedArrayBuffer === "undefined" || typeof Atomics === "undefined") return undefined;
  if (process.env.HOLDFAST_RINGS === "off") return undefined;
  return { toHost: new SharedArrayBuffer(RING_BYTES), toParent: new SharedArrayBuffer(RING_BYTES) };
}
