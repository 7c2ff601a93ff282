import { Actor } from "../../../dist/index.js";
import { FaultFile, neverAnswered } from "../fault.mjs";

/** @extends {Actor<{ faultFile: string }, FaultFile>} */
export class Next extends Actor {
  static methods = { next: { idempotent: true } };

  /** What takes its time is loaded once per thread, as the peers do it with their modules. @param {{ faultFile: string }} props */
  static load({ faultFile }) {
    return new FaultFile(faultFile);
  }

  /** @param {number} n */
  next(n) {
    return this.shared.strikes() ? neverAnswered() : n + 1;
  }
}
