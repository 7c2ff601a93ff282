import { Worker } from "node:worker_threads";

/** A pipe of a forked process that its parent holds open, and nobody writes to. */
export const PARENT_PIPE = 4;

const HEAP_MB = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 };

/** Runs in a thread of its own: the loop of the process's main thread may never turn again. */
const WATCH = `
  const { Socket } = require("node:net");
  const end = () => process.kill(process.pid, "SIGKILL");
  new Socket({ fd: ${PARENT_PIPE} }).on("error", end).on("close", end).resume();
`;

/**
 * Ends this process with its parent, whatever its JavaScript does at that time. Limits are kept by the parent alone: a
 * handler that loops when its parent is killed would loop for ever.
 *
 *   parent is gone ─▶ the channel disconnects ─▶ main thread: exit(0)         where its event loop turns
 *            └──────▶ the pipe ends ──────────▶ the watch's thread: SIGKILL   in any case
 *
 * The thread costs some 9 MB and 20 ms of processor, beside the main thread; it sleeps until the pipe ends.
 */
export function watchParent(): void {
  try {
    const watch = new Worker(WATCH, { eval: true, execArgv: [], env: {}, resourceLimits: HEAP_MB });
    // Without it the process still leaves with its parent, when its loop turns.
    watch.on("error", () => {});
    watch.unref();
  } catch {
    // Node's permission model keeps threads from it: the same.
  }
}
