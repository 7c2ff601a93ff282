import type { Chance, Clock } from "../../clock.js";
import type { Duration } from "../../duration.js";
import { type KeysOf, onlyKnownKeys } from "../../known-keys.js";
import type { BreakerOptions, BreakerStatistics, CircuitBreaker } from "./breaker/breaker.js";
import type { CacheOptions, CacheStatistics, ResponseCache } from "./cache/response-cache.js";
import { invalidOption, someTime } from "./check-options.js";
import type { FallbackOptions, FallbackStatistics } from "./fallback.js";
import type { HedgeOptions, HedgeStatistics } from "./hedge/hedge.js";
import type { HopEvent } from "./hop-events.js";
import type { RetryOptions, RetryStatistics } from "./retry/retry.js";

/** The policies of one hop, from outside in. What is left out is not there. */
export interface HopOptions<M extends string = string> {
  /** What is answered when all else has failed. */
  fallback?: FallbackOptions<M>;
  /**
   * How long everything below may take, however long the caller would wait: the rest of the caller's time is the fallback's.
   * Default: until the caller's deadline.
   */
  timeout?: Duration;
  /** Answers are given again; true: as the defaults say. */
  cache?: CacheOptions<M> | ResponseCache | true;
  /** Calls that failed are made again; true: as the defaults say. */
  retry?: RetryOptions | true;
  /** While most calls fail they are refused at once; true: as the defaults say. */
  breaker?: BreakerOptions | CircuitBreaker | true;
  /** Calls that take long are made a second time; true: as the defaults say. */
  hedge?: HedgeOptions | true;
  /**
   * Which methods may run twice, where that is not known from the class (inside an actor, and over the wire): true for all.
   * Default: what the class says, or the call.
   */
  idempotent?: boolean | readonly M[];
  /** Hears what the policies do. */
  onEvent?: (event: HopEvent) => void;
  /** Default: that of the app which the ref is in; else the machine's. */
  clock?: Clock;
  /** Numbers in [0, 1), for the pauses between attempts. Default: those of the app. */
  chance?: Chance;
}

/** What the policies of a hop have done so far; those that it has not are left out. */
export interface HopStatistics {
  readonly fallback?: FallbackStatistics;
  readonly cache?: CacheStatistics;
  readonly retry?: RetryStatistics;
  readonly breaker?: BreakerStatistics;
  readonly hedge?: HedgeStatistics;
}

const hopKeys: KeysOf<HopOptions> = {
  fallback: true,
  timeout: true,
  cache: true,
  retry: true,
  breaker: true,
  hedge: true,
  idempotent: true,
  onEvent: true,
  clock: true,
  chance: true,
};

/** @throws HoldfastError InvalidSpec for options that nobody would read */
export function checkHopOptions(options: HopOptions, field: string): void {
  onlyKnownKeys(options, hopKeys, field);
  const { idempotent, onEvent, timeout } = options;
  if (timeout !== undefined) someTime(timeout, `${field}.timeout`);
  if (idempotent !== undefined && typeof idempotent !== "boolean" && !Array.isArray(idempotent)) {
    throw invalidOption(`${field}.idempotent`, idempotent, "true, or a list of methods");
  }
  if (onEvent !== undefined && typeof onEvent !== "function") {
    throw invalidOption(`${field}.onEvent`, onEvent, "a function of the event");
  }
}
