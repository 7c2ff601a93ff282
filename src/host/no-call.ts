import { HoldfastError } from "../errors.js";

/** `this.call` where it is not known which message is meant. */
export function noCall(path: string, concurrency: number): HoldfastError {
  const why =
    concurrency > 1
      ? `of ${concurrency} messages at once nobody can say later which is meant: read this.call first thing in the handler, before any await, and keep it`
      : "no message executes: in start(), stop() and timers there is this.signal";
  return new HoldfastError("Unavailable", `${path}: this.call: ${why}`, { retryable: false });
}
