import { type Clock, realClock } from "../../clock.js";
import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";

/** How `batcher()` makes batches. */
export interface BatchOptions<T = unknown> {
  /** The most items of a batch. Default 8. */
  readonly max?: number;
  /**
   * The first item waits for others no longer than this, and no longer than what a shared run saves, once that is learned.
   * Default 2 ms. 0: it never waits while nothing runs.
   */
  readonly delay?: Duration;
  /** Only items of one key run together: a shape, a language. Default: all do. */
  readonly key?: (item: T) => string;
  /** What an item adds to a batch, a number above 0: its length, its pixels. Default 1. */
  readonly weight?: (item: T) => number;
  /** The most weight of a batch; an item that is heavier runs alone. Default: no bound. */
  readonly maxWeight?: number;
  /**
   * The 99th percentile that is aimed at, of an item's time from when it came, or the run before its own began if that is later,
   * to its answer. `max` is then found by itself, from 1 up to the `max` that is given (64 where none is).
   */
  readonly target?: Duration;
  /** Items may run again where a whole run failed: in halves, so that a bad one fails alone. Default false. */
  readonly idempotent?: boolean;
  /** Items that may wait; one more is refused with MailboxFull. Default 1000. */
  readonly maxWaiting?: number;
  /** The weight of all that may wait. Default: no bound. */
  readonly maxWaitingWeight?: number;
  /** Time, for tests. Default: the machine's. */
  readonly clock?: Clock;
}

export interface BatchSettings<T> {
  readonly max: number;
  readonly delayMs: number;
  readonly key: (item: T) => string;
  readonly weight: (item: T) => number;
  readonly maxWeight: number;
  readonly targetMs: number | undefined;
  readonly idempotent: boolean;
  readonly maxWaiting: number;
  readonly maxWaitingWeight: number;
  readonly clock: Clock;
}

/** Items of a batch: small CPU models gain little from more. */
export const defaultMax = 8;
/** The same where a latency target finds it. */
export const defaultMaxWithTarget = 64;
/** ms. Under load batches fill while another runs; this is for the first of a burst. */
export const defaultDelayMs = 2;
/** As many as a mailbox holds. */
export const defaultMaxWaiting = 1000;

const known: KeysOf<BatchOptions> = {
  max: true,
  delay: true,
  key: true,
  weight: true,
  maxWeight: true,
  target: true,
  idempotent: true,
  maxWaiting: true,
  maxWaitingWeight: true,
  clock: true,
};

/** @throws HoldfastError InvalidSpec naming the option, its value and what it may be */
export function batchSettings<T>(options: BatchOptions<T>, field = "batcher()"): BatchSettings<T> {
  onlyKnownKeys(options, known, field);
  const { target, clock = realClock, idempotent = false, key = () => "", weight = () => 1 } = options;
  const targetMs = target === undefined ? undefined : milliseconds(target, `${field}.target`);
  if (targetMs === 0) throw wrong(`${field}.target`, target, "a time above 0");
  if (typeof idempotent !== "boolean") throw wrong(`${field}.idempotent`, idempotent, "true or false");
  if (typeof key !== "function") throw wrong(`${field}.key`, key, "a function that returns text");
  if (typeof weight !== "function") throw wrong(`${field}.weight`, weight, "a function that returns a number above 0");
  const max = options.max ?? (targetMs === undefined ? defaultMax : defaultMaxWithTarget);
  const maxWaiting = options.maxWaiting ?? defaultMaxWaiting;
  return {
    max: whole(max, `${field}.max`),
    delayMs: finite(milliseconds(options.delay ?? defaultDelayMs, `${field}.delay`), options.delay, `${field}.delay`),
    key,
    weight,
    maxWeight: above0(options.maxWeight ?? Number.POSITIVE_INFINITY, `${field}.maxWeight`),
    targetMs,
    idempotent,
    maxWaiting: whole(maxWaiting, `${field}.maxWaiting`),
    maxWaitingWeight: above0(options.maxWaitingWeight ?? Number.POSITIVE_INFINITY, `${field}.maxWaitingWeight`),
    clock,
  };
}

function whole(value: number, field: string): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw wrong(field, value, "a whole number above 0");
}

function above0(value: number, field: string): number {
  if (typeof value === "number" && value > 0) return value;
  throw wrong(field, value, "a number above 0");
}

function finite(ms: number, given: unknown, field: string): number {
  if (ms < Number.POSITIVE_INFINITY) return ms;
  throw wrong(field, given, "a time that ends: an item would wait for ever");
}

function wrong(field: string, value: unknown, wanted: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${wanted}`, { details: { field } });
}
