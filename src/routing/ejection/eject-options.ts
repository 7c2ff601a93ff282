import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import { positiveInteger } from "../../system/actor/loaded-actor.js";
import type { EjectionLimits } from "./outliers.js";

/** When a pool's member misbehaves, and what follows. A member is also ejected when 40 % more of its answers fail than of the others'. */
export interface EjectOptions {
  /** Answers in a row that failed: the handler threw. Refusals are none. Default 5. */
  failures?: number;
  /** A message takes it so many times what it takes the others. Default 5. */
  slower?: number;
  /** How long it gets no mail, the first time; twice as long each next time, up to 5 minutes or this, if it is longer. Default "10s". */
  for?: Duration;
  /** The part of the members that may be ejected at once; one of two may, the last one never. Default 0.5. */
  most?: number;
}

const ejectKeys: KeysOf<EjectOptions> = { failures: true, slower: true, for: true, most: true };

const LONGEST_MS = 300_000;

/** @throws HoldfastError InvalidSpec naming the field */
export function ejectionLimits(options: EjectOptions, field: string): EjectionLimits {
  onlyKnownKeys(options, ejectKeys, field);
  const { failures = 5, slower = 5, for: lasts = "10s", most = 0.5 } = options;
  positiveInteger(failures, `${field}.failures`);
  if (typeof slower !== "number" || !(slower > 1)) throw invalid(`${field}.slower`, slower, "a number above 1");
  if (typeof most !== "number" || !(most > 0 && most <= 1))
    throw invalid(`${field}.most`, most, "a part above 0, up to 1");
  const forMs = milliseconds(lasts, `${field}.for`);
  if (!(forMs > 0)) throw invalid(`${field}.for`, lasts, 'a time above 0, such as "10s"');
  return { failures, slower, forMs, longestMs: Math.max(forMs, LONGEST_MS), most };
}

function invalid(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${fix}`, { details: { field } });
}
