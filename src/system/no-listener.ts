import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";

/** Where a function to be called belongs, and something else was given. */
export function noListener(listener: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `the listener is ${shown(listener)}: give a function: ${fix}`, {
    details: { field: "listener" },
  });
}
