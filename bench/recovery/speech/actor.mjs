import { Speech } from "../../../dist/serving/models/models.js";
import { FaultFile, neverAnswered } from "../fault.mjs";

/** The Speech actor as it ships, in a worker that can be struck. @extends {Speech<{ faultFile: string }>} */
export class StruckSpeech extends Speech {
  #fault = new FaultFile(this.props.faultFile);

  /** @param {Float32Array} chunk */
  push(chunk) {
    return this.#fault.strikes() ? neverAnswered() : super.push(chunk);
  }
}
