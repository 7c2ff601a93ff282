import { HoldfastError } from "../../errors.js";
import type { Isolation } from "../../host/host.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import type { ActorOptions, MemoryOptions } from "../specs.js";
import type { MemoryLimits } from "./judge-memory.js";

const MB = 1024 * 1024;

const memoryKeys: KeysOf<MemoryOptions> = { heapMb: true, externalMb: true };

/** What is checked: a limit in bytes for each that is given. */
export function memoryLimits(options: MemoryOptions | undefined): MemoryLimits | undefined {
  return options && { heap: bytesOf(options.heapMb), external: bytesOf(options.externalMb) };
}

export function bytesOf(mb: number | undefined): number | undefined {
  return mb === undefined ? undefined : mb * MB;
}

/** @throws HoldfastError InvalidSpec naming the field */
export function checkMemory(isolation: Isolation, { memory, heapMb: wall }: ActorOptions, field: string): void {
  if (isolation === "inline" && (memory ?? wall) !== undefined) {
    const option = memory === undefined ? "heapMb" : "memory";
    const fix = `use thread() or fork(), or leave ${option} out`;
    throw invalid(`${field}.${option}`, `an inline actor's memory is the program's: ${fix}`);
  }
  if (memory === undefined) return;
  const name = `${field}.memory`;
  onlyKnownKeys(memory, memoryKeys, name);
  positive(memory.heapMb, `${name}.heapMb`);
  positive(memory.externalMb, `${name}.externalMb`);
  if (wall === undefined || memory.heapMb === undefined || memory.heapMb < wall) return;
  throw invalid(`${name}.heapMb`, `${memory.heapMb} is not below heapMb, ${wall}, where V8 ends the host: give less`);
}

/** @throws HoldfastError InvalidSpec naming the field */
export function positive(value: number | undefined, field: string): void {
  if (value === undefined || (typeof value === "number" && value > 0)) return;
  throw invalid(field, `it is ${shown(value)}: give a number of MB above 0`);
}

function invalid(field: string, why: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field}: ${why}`, { details: { field } });
}
