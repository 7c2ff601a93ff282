import { setTimeout as pause } from "node:timers/promises";
import { Actor } from "holdfast";

const shared = (array) => array.buffer instanceof SharedArrayBuffer;

/** Works on tensors that come from outside. */
export class Served extends Actor {
  static methods = {
    facts: { borrows: true },
    sum: { borrows: true },
    slowly: { borrows: true, idempotent: true },
    die: { borrows: true },
  };

  facts(value) {
    const data = ArrayBuffer.isView(value) ? value : value.data;
    const { dtype, shape } = ArrayBuffer.isView(value) ? {} : value;
    return { kind: data.constructor.name, length: data.length, last: data.at(-1), dtype, shape, shared: shared(data) };
  }

  /** Keeps its array, as any method may that does not say that it borrows. */
  own(value) {
    return Served.prototype.facts(value);
  }

  sum({ data }) {
    return data.reduce((sum, x) => sum + x, 0);
  }

  async slowly({ data }, ms) {
    const first = data[0];
    await pause(ms);
    return data.at(-1) === first ? first : "changed while it was lent";
  }

  die() {
    setTimeout(() => {
      throw new Error("planned");
    });
    return new Promise(() => {});
  }

  filled(length, value) {
    const out = this.tensor("float32", [1, length]);
    out.data.fill(value);
    return { again: [out], out, note: "the same one twice" };
  }

  unsendable() {
    return [this.tensor("float32", [50_000]), new Map()];
  }

  async *counted(upTo) {
    for (let i = 0; i < upTo; i++) {
      const out = this.tensor("int32", [20_000]);
      out.data.fill(i);
      yield out;
    }
  }

  /** Whether its own shared memory is free. */
  hasRoom() {
    const out = this.tensor("float32", [1 << 18]);
    const room = shared(out.data);
    out.release();
    return room;
  }
}
