import { workerData } from "node:worker_threads";
import { FaultFile, neverAnswered } from "../fault.mjs";
import { openSilero } from "./silero.mjs";

const fault = new FaultFile(workerData.faultFile);

/** What the peers' threads run, once the model is open. The stream's state comes with each request: a thread may die. */
export async function openListener() {
  const listen = await openSilero();
  return (input) => (fault.strikes() ? neverAnswered() : listen(input));
}
