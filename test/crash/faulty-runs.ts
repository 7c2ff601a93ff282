import { judge } from "./judge.js";
import { play, type Session, type StoreOn } from "./scenario.js";
import { SimDisk } from "./sim-disk.js";
import { smallFiles } from "./small-files.js";

export interface FaultPlan {
  readonly code: string;
  /** So many calls, one after another, fail. */
  readonly calls: number;
}

export interface FaultOptions {
  readonly step?: number;
  readonly store?: StoreOn;
}

const sessions: readonly Session[] = [
  { batches: 22, inFlight: 4 },
  { batches: 6, inFlight: 4, end: "kill" },
  { batches: 8, inFlight: 2 },
];

/**
 * The same work again and again, on a disk that fails from another call on each time; every `step`-th call has its turn. Of
 * an append half is written. Then the power is cut everywhere.
 */
export async function runWithFaults({ code, calls }: FaultPlan, { step = 1, store = smallFiles }: FaultOptions = {}) {
  const problems: string[] = [];
  let disks = 0;
  let runs = 0;
  for (let from = 0; problems.length < 3; from += step) {
    const disk = new SimDisk();
    let count = 0;
    const met: string[] = [];
    disk.faults = (op) => {
      const call = count++;
      if (call < from || call >= from + calls) return undefined;
      met.push(op.kind);
      return { code, ...(op.kind === "append" && { written: op.bytes.length >> 1 }) };
    };
    const about = () => `from call ${from} on, ${code} at ${met.join(", ")}`;
    try {
      await play({ store, seed: 3, disk, sessions });
      if (met.length === 0) return { runs, disks, problems };
      const verdict = await judge(disk.log, store, { torn: 1 });
      disks += verdict.disks;
      problems.push(...verdict.problems.map((text) => `${about()}: ${text}`));
    } catch (error) {
      problems.push(`${about()}: ${error}`);
    }
    runs++;
  }
  return { runs, disks, problems };
}
