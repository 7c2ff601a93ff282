import { Actor } from "../../dist/index.js";

/** Does nothing: what is measured is everything around it. */
export class Empty extends Actor {
  nothing() {}
  /** Milliseconds of processor time, and how often a thread woke up, of the process that this is called in. */
  static used() {
    const { userCPUTime, systemCPUTime, voluntaryContextSwitches } = process.resourceUsage();
    return { ms: (userCPUTime + systemCPUTime) / 1000, wakeups: voluntaryContextSwitches };
  }
  used() {
    return Empty.used();
  }
  /** Microseconds of processor time of the process that it is in. */
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  }
}
