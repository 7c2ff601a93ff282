import type { Packed } from "../transport/frames.js";
import type { Surroundings } from "./surroundings.js";

/** What both sides keep is copied where they share memory: neither may change the other's. */
export function ownCopy({ sharesMemory }: Surroundings, packed: Packed): Packed {
  return sharesMemory ? { value: structuredClone(packed.value), special: packed.special } : packed;
}
