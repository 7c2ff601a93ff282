import { availableParallelism } from "node:os";
import { RING_BYTES } from "../transport/ring.js";
import type { Loop, Rings } from "../transport/ring-link.js";

// Taken now: what a test puts in the place of the timers later must not stop the line.
const { setImmediate, setTimeout } = globalThis;

export const ownLoop: Loop = {
  cores: availableParallelism(),
  later: (turn) => void setImmediate(turn),
  after: (ms, tick) => void setTimeout(tick, ms).unref(),
};

/** A worker thread's own, taken before any of a program's modules is there: its ports are those that it has now. */
export function quietLoop(): Loop {
  const ports = process.getActiveResourcesInfo().filter((name) => name === PORT).length;
  const quiet = () => {
    const waited = process.getActiveResourcesInfo();
    return waited.length <= ports && waited.every((name) => name === PORT);
  };
  return { ...ownLoop, quiet };
}

const PORT = "MessagePort";

/**
 * Memory for a line to a thread, or undefined where none can be shared, or nobody wants it: HOLDFAST_RINGS=off (or 0,
 * or false) leaves the port alone.
 */
export function openRings(): Rings | undefined {
  if (typeof SharedArrayBuffer === "undefined" || typeof Atomics === "undefined") return undefined;
  if (/^(off|0|false)$/i.test(process.env.HOLDFAST_RINGS ?? "")) return undefined;
  return { toHost: new SharedArrayBuffer(RING_BYTES), toParent: new SharedArrayBuffer(RING_BYTES) };
}
