import { availableParallelism } from "node:os";
import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../known-keys.js";
import { positiveInteger } from "../system/actor/loaded-actor.js";
import type { PoolOptions } from "./pool-options.js";

/** How few and how many members a pool may have. */
export interface PoolBounds {
  readonly min: number;
  readonly max: number;
}

const poolKeys: KeysOf<PoolOptions> = {
  min: true,
  max: true,
  size: true,
  scale: true,
  route: true,
  weights: true,
  slowStart: true,
  eject: true,
};

/**
 * What the options say of a pool's size. "cores" is at least `min`: the same tree starts on a small machine too.
 * @throws HoldfastError InvalidSpec naming the field; where two contradict each other, both
 */
export function poolBounds(options: PoolOptions, field: string): PoolBounds {
  onlyKnownKeys(options, poolKeys, field);
  const { min, max = "cores", size } = options;
  const cores = availableParallelism();
  if (size !== undefined) {
    for (const other of ["min", "max"] as const) {
      if (options[other] !== undefined) throw besideSize(field, other, options);
    }
    const count = size === "cores" ? cores : size;
    positiveInteger(count, `${field}.size`);
    return { min: count, max: count };
  }
  const least = min ?? 1;
  if (!Number.isInteger(least) || least < 0) {
    throw invalid(`${field}.min`, `${field}.min is ${shown(min)}: give a whole number, 0 or above`);
  }
  const most = max === "cores" ? Math.max(cores, least) : max;
  positiveInteger(most, `${field}.max`);
  if (least > most) {
    throw invalid(
      `${field}.min`,
      `${field}.min is ${least} and ${field}.max is ${most}: give a min that is not above max`,
    );
  }
  return { min: least, max: most };
}

function besideSize(field: string, other: "min" | "max", options: PoolOptions): HoldfastError {
  const text =
    `${field}.size is ${shown(options.size)} and ${field}.${other} is ${shown(options[other])}: size is a fixed number of ` +
    "members, give it alone, or min and max";
  return invalid(`${field}.${other}`, text);
}

function invalid(field: string, text: string): HoldfastError {
  return new HoldfastError("InvalidSpec", text, { details: { field } });
}
