import { Actor } from "../../../dist/index.js";
import { FaultFile, neverAnswered } from "../fault.mjs";

/** @extends {Actor<{ faultFile: string }>} */
export class Next extends Actor {
  static methods = { next: { idempotent: true } };
  #fault = new FaultFile(this.props.faultFile);

  /** @param {number} n */
  next(n) {
    return this.#fault.strikes() ? neverAnswered() : n + 1;
  }
}
