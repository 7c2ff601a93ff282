import { workerData } from "node:worker_threads";
import { openWork } from "./work.mjs";

// Piscina and Tinypool hand workerData on beside things of their own.
const how = Array.isArray(workerData) ? workerData[1] : workerData;

export default openWork(how).work;
