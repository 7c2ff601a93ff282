import { workerData } from "node:worker_threads";
import { FaultFile, neverAnswered } from "../fault.mjs";

const fault = new FaultFile(workerData.faultFile);

/** What the peers' threads run: the body of the actor beside it. @param {number} n */
export const next = (n) => (fault.strikes() ? neverAnswered() : n + 1);
