import type { MakeTensor } from "../actor/tensor-lease.js";
import { SLAB_FROM_BYTES } from "../defaults.js";
import { copied, type Place } from "../protocol/tensor.js";
import { bytesOf } from "../transport/array-kinds.js";
import type { Lease } from "../transport/lease.js";

/**
 * Where the large arrays of a call go as they come out of its frame: into leased tensors, written once, which the call lends
 * to its handler. They are gone when its message settles, however it does.
 *
 *   frame ─▶ lease ─▶ call accepted ─▶ lent ─▶ settled, and its handler has ended: free
 *              └── bad arguments, refused, not sent: close() frees it
 */
export class Placing {
  readonly #make: MakeTensor;
  readonly #made: Lease[] = [];

  constructor(make: MakeTensor) {
    this.#make = make;
  }

  readonly place: Place = (dtype, shape, bytes, bare) => {
    if (bytes.byteLength < SLAB_FROM_BYTES) return copied(dtype, shape, bytes, bare);
    const lease = this.#make(dtype, shape) as unknown as Lease;
    lease.once = bare ? "array" : "tensor";
    bytesOf(lease.data).set(bytes);
    this.#made.push(lease);
    return lease;
  };

  /** The call was made, or never will be: what nobody has is nobody's. */
  close(): void {
    for (const lease of this.#made) if (lease.held) lease.release();
  }
}
