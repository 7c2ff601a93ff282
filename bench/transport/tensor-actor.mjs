import { Actor } from "../../dist/index.js";

/** Answers with the mark in an array's last element. */
export class Marks extends Actor {
  static methods = { borrowed: { borrows: true } };

  mark(array) {
    return array[array.length - 1];
  }

  borrowed(array) {
    return array[array.length - 1];
  }

  inPlace({ data }) {
    return data[data.length - 1];
  }
}
