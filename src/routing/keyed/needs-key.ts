import { HoldfastError } from "../../errors.js";

/** A keyed group was meant as a whole, where only one of its actors can be. @param write what to write */
export function needsKey(path: string, write: string): HoldfastError {
  return new HoldfastError("InvalidValue", `${path} has one actor per key: write ${write}`, {
    details: { keyed: true },
  });
}
