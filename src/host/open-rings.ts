import { RING_BYTES } from "../transport/ring.js";
import type { Rings } from "../transport/ring-link.js";

/**
 * Memory for a line to a thread, or undefined where none can be shared, or nobody wants it: HOLDFAST_RINGS=off leaves the
 * port alone.
 */
export function openRings(): Rings | undefined {
  if (typeof SharedArrayBuffer === "undefined" || typeof Atomics === "undefined") return undefined;
  if (process.env.HOLDFAST_RINGS === "off") return undefined;
  return { toHost: new SharedArrayBuffer(RING_BYTES), toParent: new SharedArrayBuffer(RING_BYTES) };
}
