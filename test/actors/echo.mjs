import { Actor } from "holdfast";

/** Gives back what it was given; or answers with a value that has something in it that cannot be sent. */
export class Echo extends Actor {
  say(value) {
    return value;
  }
  async *each(values) {
    yield* values;
  }
  /** @param {(string | number)[]} where keys from the outermost on @param {string} what see unsendables.mjs */
  async spoiled(where, what) {
    const { spoil } = await import("./unsendables.mjs");
    return spoil(where, what);
  }
}
