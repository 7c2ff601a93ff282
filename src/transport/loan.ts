import type { Lease } from "./lease.js";

/**
 * Tensors are with a message from when it is made until it settles. An ask gives them back to its caller, and so does a
 * tell that was refused; another has nobody to give them back to.
 * @param by which of the two
 * @param kept asked when it settles: whether they are its sender's again
 * @param forget what else is to be done then
 * @returns what is called then, once
 */
export function lendUntilSettled(
  leases: readonly Lease[],
  by: "ask" | "tell",
  kept: () => boolean,
  forget?: () => void,
): () => void {
  for (const lease of leases) lease.lend(by);
  return () => {
    forget?.();
    const back = kept();
    for (const lease of leases) {
      if (back && !lease.once) lease.back();
      else lease.spend();
    }
  };
}
