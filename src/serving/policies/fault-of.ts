import { isHoldfastError } from "../../errors.js";

/** What an error speaks of: who was asked, how much there is to do there, or the call itself. */
export type Fault = "callee" | "load" | "call";

const load: ReadonlySet<string> = new Set(["MailboxFull", "Overloaded", "Dropped", "TooManyInFlight"]);

/** A second call with the same arguments would meet these anywhere. */
const call: ReadonlySet<string> = new Set([
  "InvalidValue",
  "UnknownMethod",
  "UnknownModel",
  "Refused",
  "Cancelled",
  "Deadlock",
  "TensorMisused",
  "PoisonedMessage",
  "InvalidSpec",
  "MissingPeer",
  "BadFrame",
  "PayloadTooLarge",
  "Unauthorized",
  "NotExposed",
]);

/** An error that is none of ours was thrown by whoever was asked. */
export function faultOf(error: unknown): Fault {
  if (!isHoldfastError(error)) return "callee";
  return call.has(error.code) ? "call" : load.has(error.code) ? "load" : "callee";
}

/** An error in one word. */
export function codeOf(error: unknown): string {
  return isHoldfastError(error) ? error.code : error instanceof Error ? error.name : "Error";
}
