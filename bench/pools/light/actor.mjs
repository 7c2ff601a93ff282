import { Actor } from "../../../dist/index.js";
import { openWork } from "./work.mjs";

/** @extends {Actor<{ slow?: string, log?: string }, ReturnType<typeof openWork>>} */
export class Work extends Actor {
  static load(how) {
    return openWork(how);
  }

  static unload(work) {
    work.close();
  }

  work(job) {
    return this.shared.work(job);
  }
}
