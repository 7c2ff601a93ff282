import { workerData } from "node:worker_threads";
import { ThreadWorker } from "poolifier";
import { openWork } from "./work.mjs";

/** One that has had nothing to do for so long goes, ms: sooner than by itself, so that each burst finds the least members. */
const maxInactiveTime = 500;

export default new ThreadWorker(openWork(workerData ?? undefined).work, { maxInactiveTime });
