import { Actor } from "holdfast";

/** Works on large arrays. */
export class Arrays extends Actor {
  static methods = { doubled: { idempotent: true }, borrowed: { borrows: true } };
  #kept = [];
  #seen = [];

  doubled(array) {
    for (let i = 0; i < array.length; i++) array[i] *= 2;
    this.#kept.push(array);
    return array.slice();
  }

  kept() {
    return this.#kept.map((array) => array[7]);
  }

  facts(array) {
    return {
      shared: array.buffer instanceof SharedArrayBuffer,
      exact: array.buffer.byteLength === array.byteLength,
    };
  }

  borrowed(array) {
    return { shared: array.buffer instanceof SharedArrayBuffer, at7: array[7] };
  }

  async later(array, ms) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return array[7];
  }

  order(i, _arrayOrNumber) {
    this.#seen.push(i);
  }

  seen() {
    return this.#seen;
  }
}
