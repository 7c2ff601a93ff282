import { availableParallelism } from "node:os";
import { POOL_SHRINK_AFTER, POOL_TARGET_WAIT } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import type { Isolation } from "../../host/host.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import { type LoadedActor, positiveInteger } from "../../system/actor/loaded-actor.js";
import { recycleLimits } from "../recycling/recycle-options.js";
import type { RecycleLimits } from "../recycling/recycle-rule.js";
import { type ScalingRule, waitAndLoad } from "../scaling/scaling-rule.js";
import type { PoolOptions, ScaleOptions } from "./pool-options.js";

/** How few and how many members a pool may have. */
export interface PoolBounds {
  readonly min: number;
  readonly max: number;
  /** Parked hosts; undefined: as the member says. */
  readonly spares: number | undefined;
  readonly cpuBound: boolean;
  readonly targetWaitMs: number;
  readonly shrinkAfterMs: number;
  /** For all members together; undefined: a share of what is free. */
  readonly memoryBytes: number | undefined;
  readonly rule: ScalingRule;
  /** When members are replaced; undefined: never. */
  readonly recycle?: RecycleLimits | undefined;
}

const poolKeys: KeysOf<PoolOptions> = {
  min: true,
  max: true,
  size: true,
  spares: true,
  scale: true,
  route: true,
  weights: true,
  slowStart: true,
  eject: true,
  admission: true,
  recycle: true,
};

const scaleKeys: KeysOf<ScaleOptions> = {
  targetWait: true,
  shrinkAfter: true,
  cpuBound: true,
  memoryMb: true,
  rule: true,
};

/**
 * What the options say of a pool's size. "cores" is at least `min`: the same tree starts on a small machine too.
 * @throws HoldfastError InvalidSpec naming the field; where two contradict each other, both
 */
export function poolBounds(options: PoolOptions, member: LoadedActor, field: string): PoolBounds {
  onlyKnownKeys(options, poolKeys, field);
  const spares = parked(options.spares, member.options.spare, `${field}.spares`);
  const recycle = recycleLimits(options.recycle, member.isolation, `${field}.recycle`);
  return {
    ...sizes(options, field),
    spares,
    recycle,
    ...scaleBounds(options.scale, member.isolation, `${field}.scale`),
  };
}

function parked(spares: number | undefined, spare: string | undefined, field: string): number | undefined {
  if (spares === undefined) return undefined;
  if (!Number.isInteger(spares) || spares < 0) {
    throw invalid(field, `${field} is ${shown(spares)}: give a whole number, 0 or above`);
  }
  if (spares === 0 || spare !== "none") return spares;
  throw invalid(field, `${field} is ${spares} and its member's spare is "none": leave one of them out`);
}

function sizes(options: PoolOptions, field: string): Pick<PoolBounds, "min" | "max"> {
  const { min, max = "cores", size } = options;
  const cores = availableParallelism();
  if (size !== undefined) {
    for (const other of ["min", "max", "scale"] as const) {
      if (options[other] !== undefined) throw besideSize(field, other, options);
    }
    const count = size === "cores" ? cores : size;
    countOrCores(count, `${field}.size`);
    return { min: count, max: count };
  }
  const least = min ?? 1;
  if (!Number.isInteger(least) || least < 0) {
    throw invalid(`${field}.min`, `${field}.min is ${shown(min)}: give a whole number, 0 or above`);
  }
  const most = max === "cores" ? Math.max(cores, least) : max;
  countOrCores(most, `${field}.max`);
  if (least > most) {
    throw invalid(
      `${field}.min`,
      `${field}.min is ${least} and ${field}.max is ${most}: give a min that is not above max`,
    );
  }
  return { min: least, max: most };
}

/** @throws InvalidSpec for a number, already made of "cores", that counts nothing */
export function countOrCores(count: number, field: string): void {
  if (Number.isInteger(count) && count > 0) return;
  throw invalid(field, `${field} is ${shown(count)}: give a whole number above 0, or "cores"`);
}

/** What `scale` says, with its defaults. @throws HoldfastError InvalidSpec naming the field */
export function scaleBounds(
  options: ScaleOptions = {},
  isolation: Isolation,
  field: string,
): Omit<PoolBounds, "min" | "max" | "spares"> {
  onlyKnownKeys(options, scaleKeys, field);
  const { targetWait = POOL_TARGET_WAIT, shrinkAfter = POOL_SHRINK_AFTER, rule = waitAndLoad, memoryMb } = options;
  const { cpuBound = isolation !== "inline" } = options;
  if (typeof cpuBound !== "boolean") {
    throw invalid(`${field}.cpuBound`, `${field}.cpuBound is ${shown(cpuBound)}: give true or false`);
  }
  if (typeof rule !== "function") {
    const fix = "give a function of (view, limits, memory) that answers { want, why, memory }";
    throw invalid(`${field}.rule`, `${field}.rule is ${shown(rule)}: ${fix}`);
  }
  positiveInteger(memoryMb, `${field}.memoryMb`);
  return {
    cpuBound,
    rule,
    targetWaitMs: milliseconds(targetWait, `${field}.targetWait`),
    shrinkAfterMs: milliseconds(shrinkAfter, `${field}.shrinkAfter`),
    memoryBytes: memoryMb === undefined ? undefined : memoryMb * 1024 * 1024,
  };
}

function besideSize(field: string, other: "min" | "max" | "scale", options: PoolOptions): HoldfastError {
  const text =
    `${field}.size is ${shown(options.size)} and ${field}.${other} is ${shown(options[other])}: size is a fixed number of ` +
    "members, give it alone, or min and max and how to scale";
  return invalid(`${field}.${other}`, text);
}

function invalid(field: string, text: string): HoldfastError {
  return new HoldfastError("InvalidSpec", text, { details: { field } });
}
