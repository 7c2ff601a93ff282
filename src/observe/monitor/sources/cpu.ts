import { type CpuInfo, cpus } from "node:os";
import { performance } from "node:perf_hooks";
import type { Reading } from "../reading.js";
import type { Source } from "../source.js";

/** Processor time so far. All in ms. */
export interface CpuTimes {
  /** Of all cores, in use. */
  readonly busy: number;
  readonly idle: number;
  /** Of this process. */
  readonly own: number;
  /** When that was read. */
  readonly at: number;
}

/** What was used between two looks. */
export function cpuReadings(before: CpuTimes, now: CpuTimes): readonly Reading[] {
  const readings: Reading[] = [];
  const busy = now.busy - before.busy;
  const total = busy + now.idle - before.idle;
  if (total > 0) readings.push({ name: "cpu", unit: "%", value: (busy / total) * 100 });
  const passed = now.at - before.at;
  if (passed > 0) readings.push({ name: "process-cpu", unit: "%", value: ((now.own - before.own) / passed) * 100 });
  return readings;
}

/** Processor time of the machine and of this process. */
export function cpuSource(): Source {
  let before = timesNow();
  return {
    every: 1,
    names: ["cpu", "process-cpu"],
    read() {
      const now = timesNow();
      const readings = cpuReadings(before, now);
      before = now;
      return readings;
    },
  };
}

function timesNow(): CpuTimes {
  const { user, system } = process.cpuUsage();
  return { ...sumOf(cpus()), own: (user + system) / 1000, at: performance.now() };
}

function sumOf(all: readonly CpuInfo[]): { busy: number; idle: number } {
  let busy = 0;
  let idle = 0;
  for (const { times } of all) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  return { busy, idle };
}
