import type { Lease } from "./lease.js";

/**
 * Tensors are with a message from when it is made until it settles. An ask gives them back to its caller; a tell has
 * nobody to give them back to.
 * @param forget what else is to be done when the message settles
 * @returns what is called then, once
 */
export function lendUntilSettled(leases: readonly Lease[], ask: boolean, forget?: () => void): () => void {
  for (const lease of leases) lease.lend();
  return () => {
    forget?.();
    for (const lease of leases) {
      if (ask) lease.back();
      else lease.spend();
    }
  };
}
