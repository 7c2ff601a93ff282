import { isPlain } from "../mailbox/plain.js";
import type { Packed, ToHost } from "../transport/frames.js";
import { ownArrays, pack } from "../transport/values.js";
import type { Surroundings } from "./surroundings.js";

/** What both sides keep is copied where they share memory: neither may change the other's. */
export function ownCopy({ sharesMemory }: Surroundings, packed: Packed): Packed {
  return sharesMemory ? { value: structuredClone(packed.value), special: packed.special } : packed;
}

/** A call's arguments as its handler may have them: its own, or where it borrows those that lie in shared memory. */
export function argumentsFor(around: Surroundings, { args, again, method }: Extract<ToHost, { t: "call" }>): Packed {
  if (around.sharesMemory) return again ? ownCopy(around, args) : args;
  return around.facts.methods[method]?.borrows ? args : ownArrays(args);
}

/** A value that becomes the caller's; tensors in it, too. */
export function given(value: unknown, where: string): Packed {
  if (isPlain(value)) return { value, special: false };
  const packed = pack(value, where, "give");
  for (const lease of packed.leases ?? []) lease.give();
  return { value: packed.value, special: packed.special };
}

/** A value that becomes nobody's: its caller has left, or its incarnation is over. */
export function dropped(value: unknown): void {
  try {
    for (const lease of pack(value, "the result", "give").leases ?? []) lease.release();
  } catch {
    // What could not have been sent has no tensors to give back.
  }
}
