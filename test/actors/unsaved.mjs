import { Actor } from "holdfast";

/** Makes tensors of 8 MiB, and cannot take a snapshot with them. */
export class Unsaved extends Actor {
  #saves = true;

  snapshot() {
    if (!this.#saves) throw new Error("planned");
    return {};
  }

  restore() {}

  make() {
    this.#saves = false;
    return this.tensor("uint8", [1 << 23]);
  }

  /** In shared memory. */
  hasRoom() {
    const own = this.tensor("uint8", [1 << 23]);
    const shared = own.data.buffer instanceof SharedArrayBuffer;
    own.release();
    return shared;
  }
}
