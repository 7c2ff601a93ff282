import { inspect } from "node:util";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";

/**
 * How long an expectation waits, in real time: far above what a loaded machine needs for a message, and below the limits
 * at which test runners give a test up without saying what it waited for.
 */
export const EXPECT_WITHIN: Duration = "3s";

/** How long one expectation waits. */
export interface Within {
  /** Real time, also where the system's own stands still. Default 3 s. */
  within?: Duration;
}

/**
 * A promise that the test fulfils in time, or that fails with what was there instead. The stack is the caller's own line.
 * @param what was waited for
 * @param instead is called at the end of the time
 */
export function expectation<T>(
  { within = EXPECT_WITHIN }: Within,
  what: string,
  instead: () => string,
): { promise: Promise<T>; fulfil(value: T): void; open(): boolean } {
  const ms = milliseconds(within, "within");
  const here = new Error();
  let fulfil: (value: T) => void = () => {};
  let open = true;
  const promise = new Promise<T>((resolve, reject) => {
    const timer =
      ms === Number.POSITIVE_INFINITY
        ? undefined
        : setTimeout(() => {
            open = false;
            reject(timedOut(`waited ${ms} ms in vain for ${what}: ${instead()}`, here));
          }, ms);
    fulfil = (value) => {
      open = false;
      clearTimeout(timer);
      resolve(value);
    };
  });
  return { promise, fulfil: (value) => fulfil(value), open: () => open };
}

/** A value in an expectation's words: short, on one line. */
export function brief(value: unknown): string {
  const text = inspect(value, {
    depth: 2,
    breakLength: Number.POSITIVE_INFINITY,
    maxArrayLength: 8,
    maxStringLength: 80,
  });
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** A list in an expectation's words, the last ten. */
export function listed(items: readonly string[], none: string): string {
  if (items.length === 0) return none;
  const last = items.slice(-10);
  return (items.length > last.length ? `… ${items.length - last.length} more, ` : "") + last.join(", ");
}

function timedOut(message: string, here: Error): HoldfastError {
  const error = new HoldfastError("Timeout", message);
  const lines = (here.stack ?? "").split("\n").slice(2);
  error.stack = [`${error.name}: ${message}`, ...lines].join("\n");
  return error;
}
