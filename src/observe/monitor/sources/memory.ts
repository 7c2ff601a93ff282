import { freemem, totalmem } from "node:os";
import type { Reading } from "../reading.js";
import type { Source } from "../source.js";
import { cgroupMemory } from "./cgroup.js";
import { type ReadText, readText } from "./read-text.js";

/** What may be used at most, and what is, bytes. */
export interface MemoryUse {
  readonly limit: number;
  readonly used: number;
}

/** Of several limits the one that is reached first counts. */
export function memoryReadings(uses: readonly MemoryUse[], rss: number): readonly Reading[] {
  const known = uses.filter(({ limit }) => limit > 0);
  const readings: Reading[] = [{ name: "rss", unit: "bytes", value: rss }];
  if (known.length === 0) return readings;
  const part = Math.max(...known.map(({ limit, used }) => used / limit));
  const free = Math.max(0, Math.min(...known.map(({ limit, used }) => limit - used)));
  readings.push({ name: "memory", unit: "%", value: part * 100 }, { name: "memory-free", unit: "bytes", value: free });
  return readings;
}

/** Memory of the machine, of the container that this process is in, and of the process. */
export function memorySource(read: ReadText = readText): Source {
  return {
    every: 1,
    names: ["memory", "memory-free", "rss"],
    read: () =>
      memoryReadings([machineMemory(read("/proc/meminfo")), ...cgroupMemory(read)], process.memoryUsage.rss()),
  };
}

/** Memory that the kernel would give back is free; where it does not tell, what nobody uses is. */
export function machineMemory(meminfo: string | undefined, total = totalmem(), free = freemem()): MemoryUse {
  const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(meminfo ?? "")?.[1]) * 1024;
  const available = kb("MemAvailable");
  const limit = kb("MemTotal") || total;
  return { limit, used: limit - (Number.isFinite(available) ? available : free) };
}
