import { Actor } from "../../dist/index.js";
import * as work from "./work.mjs";

/** The same work as the peers' tasks. */
export class Work extends Actor {
  empty() {}

  json(request) {
    return work.json(request);
  }

  floats(values) {
    return work.floats(values);
  }
}
