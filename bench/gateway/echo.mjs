import { Actor } from "../../dist/index.js";

/** What is served: a request's value, given back. */
export class Echo extends Actor {
  echo(value) {
    return value;
  }
}
