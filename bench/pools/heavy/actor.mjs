import { Actor } from "../../../dist/index.js";
import { openListening } from "./listen.mjs";

export class Listening extends Actor {
  static load() {
    return openListening();
  }

  work(job) {
    return this.shared(job);
  }
}
