import type { Clock } from "../clock.js";
import type { Slab } from "../transport/slab.js";
import { ForkProvider } from "./fork-host.js";
import type { HostProvider } from "./host.js";
import { inMachineTime } from "./in-machine-time.js";
import { ThreadProvider } from "./thread-host.js";

/**
 * The levels that have hosts of their own.
 * @param slab where large arrays for threads go through
 * @param sharedBytes of memory for large arrays to each process, and as much from it
 * @param clock the system's
 */
export function machineHosts(slab: Slab, sharedBytes: number, clock: Clock): Record<"thread" | "fork", HostProvider> {
  return {
    thread: inMachineTime(new ThreadProvider(slab), clock),
    fork: inMachineTime(new ForkProvider(sharedBytes), clock),
  };
}
