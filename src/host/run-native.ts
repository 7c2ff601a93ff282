import { isMainThread } from "node:worker_threads";
import type { ControlWriter } from "./control-writer.js";

/** How many runs of native code a host is in: async ones overlap, and the last that ends takes the mark off. */
const depths = new WeakMap<ControlWriter, number>();

/**
 * Marks the host's phase as "native" while `run` executes, or until its promise settles. A thread is not terminated while
 * it has that mark: there are native libraries that take the whole process along. It leaves by itself, before the next call
 * or after the one it is in. Both sides write first and then look, as for the messages of a condemned host:
 *
 *   parent   store stop ─▶ read phase: native? ──no──▶ terminate()
 *   thread   store native ─▶ read stop ─▶ run ─▶ read stop: leave
 */
export function runNative<T>(control: ControlWriter, run: () => T): T {
  enter(control);
  let result: T;
  try {
    result = run();
  } catch (error) {
    leave(control);
    throw error;
  }
  if (typeof (result as PromiseLike<unknown> | undefined)?.then !== "function") {
    leave(control);
    return result;
  }
  const over = () => leave(control);
  (result as unknown as PromiseLike<unknown>).then(over, over);
  return result;
}

function enter(control: ControlWriter): void {
  const depth = (depths.get(control) ?? 0) + 1;
  depths.set(control, depth);
  if (depth > 1) return;
  control.phase("native");
  endIfCondemned(control);
}

function leave(control: ControlWriter): void {
  const depth = (depths.get(control) ?? 0) - 1;
  depths.set(control, depth);
  if (depth > 0) return;
  endIfCondemned(control);
  control.phase("idle");
}

/** In a thread this ends the thread alone; inline nobody is condemned. */
function endIfCondemned(control: ControlWriter): void {
  if (!isMainThread && control.condemned()) process.exit(0);
}
