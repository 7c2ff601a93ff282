import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import { behindRef } from "./ref.js";

/**
 * Where in the tree something is: a ref (with the key it was made for), anything with a path, or a path.
 * @throws HoldfastError InvalidSpec saying what to give
 */
export function placeOf(target: unknown): { path: string; key: string | undefined } {
  if (typeof target === "string") return { path: target, key: undefined };
  if (typeof target === "object" && target !== null) {
    const key = behindRef(target)?.options.key;
    const { path } = target as { path?: unknown };
    if (typeof path === "string") return { path, key };
  }
  throw new HoldfastError("InvalidSpec", `watch() got ${shown(target)}: give a ref, or a path such as "app/digits"`, {
    details: { field: "target" },
  });
}
