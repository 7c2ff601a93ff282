import { Actor } from "../../dist/index.js";

/** Answers with the mark in an array's last element, or with the array. */
export class Marks extends Actor {
  mark(array) {
    return array[array.length - 1];
  }

  echo(array) {
    return array;
  }
}
