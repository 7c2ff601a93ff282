import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import type { Isolation } from "../../host/host.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import { positiveInteger } from "../../system/actor/loaded-actor.js";
import type { RecycleLimits } from "./recycle-rule.js";

/**
 * When a member of a pool has served long enough: another takes its place, and it leaves when that one serves. The least of
 * what is given counts; messages and age are shortened by up to a fifth, by chance, so that members which came together do
 * not leave together.
 */
export interface RecycleOptions {
  /** Messages that it has answered. */
  messages?: number;
  /** Since it began to serve. */
  age?: Duration;
  /** What it holds, MB: heap and buffers; of a process its resident memory. */
  memoryMb?: number;
  /** How fast what it holds grows, MB an hour: over ten minutes, and when it has grown by 16 MB since it was warm. */
  growthMbPerHour?: number;
}

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

const recycleKeys: KeysOf<RecycleOptions> = { messages: true, age: true, memoryMb: true, growthMbPerHour: true };

/** What is checked. @throws HoldfastError InvalidSpec naming the field */
export function recycleLimits(
  options: RecycleOptions | undefined,
  isolation: Isolation,
  field: string,
): RecycleLimits | undefined {
  if (options === undefined) return undefined;
  onlyKnownKeys(options, recycleKeys, field);
  const { messages, age, memoryMb, growthMbPerHour } = options;
  if (messages === undefined && age === undefined && memoryMb === undefined && growthMbPerHour === undefined) {
    throw invalid(field, `it says nothing: give one of ${Object.keys(recycleKeys).join(", ")}, or leave recycle out`);
  }
  positiveInteger(messages, `${field}.messages`);
  const ageMs = age === undefined ? undefined : milliseconds(age, `${field}.age`);
  if (ageMs === 0) throw invalid(`${field}.age`, `it is ${shown(age)}: give a time above 0`);
  for (const [name, value] of Object.entries({ memoryMb, growthMbPerHour })) {
    if (value === undefined) continue;
    if (isolation === "inline") {
      throw invalid(
        `${field}.${name}`,
        `an inline member's memory is the program's: use thread() or fork(), or leave it out`,
      );
    }
    if (typeof value !== "number" || !(value > 0)) {
      throw invalid(`${field}.${name}`, `it is ${shown(value)}: give a number of MB above 0`);
    }
  }
  return {
    messages,
    ageMs,
    memoryBytes: memoryMb === undefined ? undefined : memoryMb * MIB,
    growthBytesPerMs: growthMbPerHour === undefined ? undefined : (growthMbPerHour * MIB) / HOUR_MS,
  };
}

function invalid(field: string, why: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field}: ${why}`, { details: { field } });
}
