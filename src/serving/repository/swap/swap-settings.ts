import { type Duration, milliseconds } from "../../../duration.js";
import { HoldfastError } from "../../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../../known-keys.js";
import type { GoldenSample, SwapOptions } from "./swap-options.js";
import type { ProbationRules } from "./verdict.js";

/** Swap options, checked and complete; times in ms. */
export interface SwapSettings extends ProbationRules {
  readonly version: number | undefined;
  readonly share: number;
  readonly warmup: number;
  readonly golden: NonNullable<SwapOptions["golden"]>;
  readonly drift: SwapOptions["drift"];
  readonly keepOld: boolean;
}

/* Every default of a swap, with its unit and its reason. */

/** Share of the requests: few enough that a bad version is felt by few, many enough that it is known soon. */
const CANARY = 0.1;
/** Answers of the new version: the first number of which a 99th percentile says something. */
const REQUESTS = 100;
/** Where fewer come, nobody waits longer for a promotion. */
const WITHIN: Duration = "1m";
/** Runs before the first request: allocation and compiling are over after the first, and a little of V8's tiers. */
const WARMUP = 3;
/** p99 over p99: noise of two runs of one model is well below, a model twice as large may well be wanted. */
const LATENCY_RATIO = 3;
/** Milliseconds: below that, three times as slow is the machine's noise. */
const LATENCY_SLACK: Duration = "10ms";
const DRIFT = 0.1;
/** More runs than these are no warm-up. */
const MOST_WARMUP = 10_000;

const keys: KeysOf<SwapOptions> = {
  version: true,
  canary: true,
  requests: true,
  within: true,
  warmup: true,
  golden: true,
  maxErrors: true,
  maxLatencyRatio: true,
  latencySlack: true,
  drift: true,
  maxDrift: true,
  keepOld: true,
};

/** @throws HoldfastError InvalidSpec naming the field, quoting the value, saying the fix */
export function swapSettings(options: SwapOptions, field: string): SwapSettings {
  onlyKnownKeys(options, keys, field);
  const {
    canary = CANARY,
    requests = REQUESTS,
    warmup = WARMUP,
    maxErrors = 0,
    golden = [],
    keepOld = false,
  } = options;
  const { maxLatencyRatio = LATENCY_RATIO, maxDrift = DRIFT, drift } = options;
  whole(requests, `${field}.requests`, 1, Number.MAX_SAFE_INTEGER);
  whole(warmup, `${field}.warmup`, 0, MOST_WARMUP);
  whole(maxErrors, `${field}.maxErrors`, 0, Number.MAX_SAFE_INTEGER);
  if (!(typeof maxLatencyRatio === "number" && maxLatencyRatio >= 1)) {
    throw invalid(`${field}.maxLatencyRatio`, maxLatencyRatio, "a number >= 1");
  }
  if (!(typeof maxDrift === "number" && maxDrift >= 0)) throw invalid(`${field}.maxDrift`, maxDrift, "a number >= 0");
  if (drift !== undefined && typeof drift !== "function") throw invalid(`${field}.drift`, drift, "a function");
  if (!Array.isArray(golden)) throw invalid(`${field}.golden`, golden, "a list of samples");
  for (const [at, sample] of golden.entries()) checkSample(sample, `${field}.golden[${at}]`);
  if (typeof keepOld !== "boolean") throw invalid(`${field}.keepOld`, keepOld, "true or false");
  return {
    version: options.version === undefined ? undefined : versionOf(options.version, `${field}.version`),
    share: shareOf(canary, `${field}.canary`),
    requests,
    withinMs: milliseconds(options.within ?? WITHIN, `${field}.within`),
    warmup,
    golden,
    maxErrors,
    maxLatencyRatio,
    latencySlackMs: milliseconds(options.latencySlack ?? LATENCY_SLACK, `${field}.latencySlack`),
    drift,
    maxDrift,
    keepOld,
  };
}

/** One that compares nothing would let every version pass. */
function checkSample(sample: unknown, field: string): void {
  const { request, expected, tolerance } = (sample ?? {}) as Partial<GoldenSample>;
  if (!isObject(request?.inputs)) throw invalid(`${field}.request`, request, "{ inputs: { … } }");
  if (!isObject(expected) || Object.keys(expected).length === 0) {
    throw invalid(`${field}.expected`, expected, "the outputs that are right, by name");
  }
  if (tolerance !== undefined && !(typeof tolerance === "number" && tolerance >= 0)) {
    throw invalid(`${field}.tolerance`, tolerance, "a number >= 0");
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A version as people write it: 3, "3". @throws HoldfastError InvalidSpec */
export function versionOf(given: unknown, field: string): number {
  const number = typeof given === "string" && /^[1-9]\d{0,14}$/.test(given) ? Number(given) : given;
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 1) return number;
  throw invalid(field, given, "a whole number from 1 on");
}

function shareOf(given: unknown, field: string): number {
  const match = typeof given === "string" ? /^(\d+(?:\.\d+)?)%$/.exec(given) : undefined;
  const share = match ? Number(match[1]) / 100 : given;
  if (typeof share === "number" && share >= 0 && share <= 1) return share;
  throw invalid(field, given, 'a share from 0 to 1, or "10%"');
}

function whole(value: unknown, field: string, least: number, most: number): void {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw invalid(field, value, `a whole number from ${least} on${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ""}`);
}

function invalid(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${fix}`, { details: { field } });
}
