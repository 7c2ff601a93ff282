import type { Target } from "../actor/ref.js";
import { HoldfastError } from "../errors.js";

/** load() runs once per cell, also in a spare that may never be used: it belongs to no actor, so it cannot be one's caller. */
export function notInLoad(path: string): Target {
  const error = () =>
    new HoldfastError("StartFailed", `static load() cannot send to ${path}: no actor is there yet; do it in start()`);
  return {
    path,
    ask: () => Promise.reject(error()),
    tell() {
      throw error();
    },
  };
}
