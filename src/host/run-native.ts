import { isMainThread } from "node:worker_threads";
import { NATIVE_PROMISE_WITHIN } from "../defaults.js";
import { milliseconds } from "../duration.js";
import type { ControlWriter } from "./control-writer.js";

const LOOK_MS = 100;
const LOOKS = Math.ceil(milliseconds(NATIVE_PROMISE_WITHIN, "nativePromiseWithin") / LOOK_MS);

/** How many runs of native code a host is in: async ones overlap, and the last that ends takes the mark off. */
const depths = new WeakMap<ControlWriter, number>();

/**
 * Marks the host's phase as "native" while `run` executes, or until its promise settles. A thread is not terminated while
 * it has that mark: there are native libraries that take the whole process along. It leaves by itself, before the next call
 * or after the one it is in. Both sides write first and then look, as for the messages of a condemned host:
 *
 *   parent   store stop ─▶ read phase: native? ──no──▶ terminate()
 *   thread   store native ─▶ read stop ─▶ run ─▶ read stop: leave
 *
 * A promise may never settle. While one is waited for the thread's event loop turns, so it is not stuck: it looks at the
 * stop by itself, gives the promise some time from then on, and leaves.
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
  const look = isMainThread ? undefined : setInterval(leaveInTime(control), LOOK_MS).unref();
  const over = () => {
    clearInterval(look);
    leave(control);
  };
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

/** Counted in looks, not in time: a loop that native code had held up owes the promise a few turns. */
function leaveInTime(control: ControlWriter): () => void {
  let left = LOOKS;
  return () => {
    if (control.condemned() && --left <= 0) process.exit(0);
  };
}

/** In a thread this ends the thread alone; inline nobody is condemned. */
function endIfCondemned(control: ControlWriter): void {
  if (!isMainThread && control.condemned()) process.exit(0);
}
