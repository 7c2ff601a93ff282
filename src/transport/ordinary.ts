import type { Tensor } from "../protocol/dtypes.js";
import { Lease } from "./lease.js";
import { replaceIn } from "./walk.js";

/** A value with ordinary tensors in the place of leased ones, which are released: for whoever keeps it. */
export function ordinary(value: unknown): unknown {
  return withCopies(value, (lease) => lease.release());
}

/** The same of a value that somebody else gets: its leases stay what they are. */
export function ordinaryCopy(value: unknown): unknown {
  return withCopies(value, () => {});
}

function withCopies(value: unknown, copied: (lease: Lease) => void): unknown {
  const copies = new Map<Lease, Tensor>();
  return replaceIn(value, (found) => {
    if (!(found instanceof Lease)) return undefined;
    let copy = copies.get(found);
    if (!copy) {
      const { dtype, shape, data } = found;
      copy = { dtype, shape, data: data.slice() };
      copied(found);
      copies.set(found, copy);
    }
    return copy;
  });
}
