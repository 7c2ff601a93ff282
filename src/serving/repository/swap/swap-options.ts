import type { Duration } from "../../../duration.js";
import type { ModelAnswer, ModelRequest } from "../../runtimes/model.js";

/** Where a swap is; the drawing is in swap.ts. */
export type SwapPhase =
  | "staging"
  | "starting"
  | "warming"
  | "golden"
  | "canary"
  | "promoting"
  | "rolling-back"
  | "promoted"
  | "rolled-back";

/** A request whose answer is known. */
export interface GoldenSample {
  readonly request: ModelRequest;
  /** What is expected, by output; outputs that are not named are not compared. */
  readonly expected: ModelAnswer["outputs"];
  /** How far a number may be from what is expected: |got - expected| <= tolerance * max(1, |expected|). Default 1e-3. */
  readonly tolerance?: number;
}

/** How a new version proves itself before it answers alone. */
export interface SwapOptions {
  /** Which version takes over. Default: the highest of those in the folder that `versions` allows. */
  readonly version?: string | number;
  /** Share of the requests that it answers on probation: 0 to 1, or "10%". 0: none, it is promoted after its samples. Default 0.1. */
  readonly canary?: number | `${number}%`;
  /** Answers of its own before it is promoted. Default 100. */
  readonly requests?: number;
  /** Or so long on probation, where fewer come; what comes first decides, and at least one answer, where there is traffic. Default "1m". */
  readonly within?: Duration;
  /** Runs before anybody waits for it, on a golden sample or on zeros, by each member of its pool. Default 3. */
  readonly warmup?: number;
  /** Requests with known answers; those of golden.json in the version's folder come with them. */
  readonly golden?: readonly GoldenSample[];
  /** Failed answers that it may give before it is rolled back; each is answered by the old version. Default 0. */
  readonly maxErrors?: number;
  /** Its 99th percentile over that of the old version at most. Default 3; Infinity: whatever it takes. */
  readonly maxLatencyRatio?: number;
  /** Slower by less than this is no slower, whatever the ratio. Default "10ms". */
  readonly latencySlack?: Duration;
  /**
   * How far an answer of the new version is from the old one's for the same request: 0 is the same. When it is given, canary
   * requests are asked of both, and the mean over the probation is held against `maxDrift`.
   */
  readonly drift?: (old: ModelAnswer, fresh: ModelAnswer, request: ModelRequest) => number;
  /** Mean drift at most. Default 0.1. */
  readonly maxDrift?: number;
  /** The old version stays loaded, so that a rollback takes no start. Default false: its files alone are kept. */
  readonly keepOld?: boolean;
}

/** How a swap ended. */
export interface SwapOutcome {
  readonly name: string;
  /** The version that answered before; undefined where none did. */
  readonly from: string | undefined;
  readonly to: string;
  readonly result: "promoted" | "rolled-back";
  /** Why, in numbers. */
  readonly why: string;
  /** The phase in which it was decided. */
  readonly phase: SwapPhase;
  /** What was seen on probation; times in ms, NaN where nothing was seen. */
  readonly seen: {
    readonly requests: number;
    readonly errors: number;
    readonly p99: number;
    readonly oldP99: number;
    readonly drift: number;
  };
  /** From the first step to the last, ms. */
  readonly tookMs: number;
}
