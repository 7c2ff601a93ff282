import { Actor } from "../../dist/index.js";

/** Does nothing: what is measured is everything around it. */
export class Empty extends Actor {
  nothing() {}
  /** Microseconds of processor time of the process that it is in. */
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  }
}
