import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Actor } from "holdfast";

/** Works on leased tensors. */
export class Tensors extends Actor {
  static methods = {
    sum: { idempotent: true },
    crashOnce: { idempotent: true },
    negate: { mutates: true },
    hang: { limit: "100ms" },
  };

  start() {
    if (this.props?.failsOnce) return this.#failOnce(this.props.failsOnce);
  }

  /** In a start that finds this file, late enough for mail to have followed it. */
  async #failOnce(marker) {
    try {
      rmSync(marker);
    } catch {
      return;
    }
    await pause(20);
    throw new Error("planned");
  }

  boom() {
    throw new Error("planned");
  }

  sum({ data }) {
    return data.reduce((sum, x) => sum + x, 0);
  }

  last({ data }) {
    return data[data.length - 1];
  }

  facts(tensor) {
    const { dtype, shape, data } = tensor;
    return {
      keys: Object.keys(tensor),
      dtype,
      shape,
      kind: data.constructor.name,
      shared: data.buffer instanceof SharedArrayBuffer,
    };
  }

  /** In a tensor of its own. */
  doubled({ shape, data }) {
    const out = this.tensor("float32", shape);
    for (let i = 0; i < data.length; i++) out.data[i] = data[i] * 2;
    return out;
  }

  /** One tensor, which stands at two places of the result. */
  twice({ shape, data }) {
    const out = this.tensor("float32", shape);
    out.data.set(data);
    return [out, { again: out }];
  }

  async *counted(upTo) {
    for (let i = 0; i < upTo; i++) {
      const out = this.tensor("int32", [5000]);
      out.data.fill(i);
      yield out;
    }
  }

  negate({ data }) {
    for (let i = 0; i < data.length; i++) data[i] = -data[i];
  }

  secretly({ data }) {
    data[0] += 1;
  }

  /** Dies at its first run, wherever that was. */
  async crashOnce({ data }, marker) {
    const { existsSync, writeFileSync } = await import("node:fs");
    if (!existsSync(marker)) {
      writeFileSync(marker, "");
      setTimeout(() => {
        throw new Error("planned");
      });
      return new Promise(() => {});
    }
    return data[0];
  }

  hang(_tensor) {
    for (;;);
  }

  /** Takes its time, and reads at its end what it was lent at its beginning. */
  async slowly({ data }, ms) {
    const first = data[0];
    await pause(ms);
    return data[data.length - 1] === first ? first : "changed while it was lent";
  }

  /** Asks another, with a tensor of its own. */
  async through(other, value) {
    const own = this.tensor("float32", [5000]);
    try {
      own.data.fill(value);
      const first = await other.ask.sum(own);
      return [first, await other.ask.sum(own)];
    } finally {
      own.release();
    }
  }

  misuse() {
    const own = this.tensor("float32", [4]);
    own.release();
    try {
      return own.data;
    } catch (error) {
      return error.code;
    }
  }
}
