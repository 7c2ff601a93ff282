import type { ControlWriter } from "./control-writer.js";

/** How many runs of native code a host is in: async ones overlap, and the last that ends takes the mark off. */
const depths = new WeakMap<ControlWriter, number>();

/** Marks the host's phase as "native" while `run` executes, or until its promise settles. */
export function runNative<T>(control: ControlWriter, run: () => T): T {
  change(control, 1);
  let result: T;
  try {
    result = run();
  } catch (error) {
    change(control, -1);
    throw error;
  }
  if (typeof (result as PromiseLike<unknown> | undefined)?.then !== "function") {
    change(control, -1);
    return result;
  }
  const over = () => change(control, -1);
  (result as unknown as PromiseLike<unknown>).then(over, over);
  return result;
}

function change(control: ControlWriter, by: 1 | -1): void {
  const depth = (depths.get(control) ?? 0) + by;
  depths.set(control, depth);
  // Unload() may be under way when the last one ends: "stopping" is written once, and stays.
  if (depth === 1 && by === 1) control.phase("native");
  else if (depth === 0) control.phase("idle");
}
