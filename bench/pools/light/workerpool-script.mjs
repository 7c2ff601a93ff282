import { workerData } from "node:worker_threads";
import workerpool from "workerpool";
import { openWork } from "./work.mjs";

workerpool.worker({ work: openWork(workerData ?? undefined).work });
