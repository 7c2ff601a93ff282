import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import { behindRef, type SystemIdentity } from "./ref.js";

/**
 * Where in the tree something is: a ref (with the key it was made for), anything with a path, or a path.
 * @param home a ref of another system is refused; undefined where whose it is is not known
 * @throws HoldfastError InvalidSpec saying what to give, InvalidValue for a ref of another system
 */
export function placeOf(target: unknown, home?: SystemIdentity): { path: string; key: string | undefined } {
  if (typeof target === "string") return { path: target, key: undefined };
  if (typeof target === "object" && target !== null) {
    const behind = behindRef(target);
    const key = behind?.options.key;
    const { path } = target as { path?: unknown };
    if (home && behind?.target.system && behind.target.system !== home) {
      const what = `watch() got the ref ${String(path)} of another system than this "${home.name}"`;
      throw new HoldfastError("InvalidValue", `${what}: watch it in its own`);
    }
    if (typeof path === "string") return { path, key };
  }
  throw new HoldfastError("InvalidSpec", `watch() got ${shown(target)}: give a ref, or a path such as "app/digits"`, {
    details: { field: "target" },
  });
}
