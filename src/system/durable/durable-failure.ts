import { HoldfastError } from "../../errors.js";
import type { Message } from "../../mailbox/message.js";
import type { DeathCause } from "../death/report.js";

/* What callers and supervisors of durable actors hear. */

export function storeFailed(text: string, cause: Error): HoldfastError {
  return new HoldfastError("StoreFailed", `${text} (${cause.message})`, { cause });
}

export function undoneWith(path: string, { method }: Message, why: DeathCause | undefined): HoldfastError {
  const cause = why && "error" in why ? why.error : undefined;
  const text = `${path}: what ${method} did is undone, it could not be stored`;
  return new HoldfastError("StoreFailed", cause ? `${text} (${cause.message})` : text, cause ? { cause } : {});
}

export function cannotRestore(path: string, cause: Error): HoldfastError {
  const text = `${path} cannot be built again from what is stored, which stays as it is: ${cause.message}`;
  return new HoldfastError("StateRefused", text, { cause });
}

export function hasNoState(path: string): HoldfastError {
  const fix = "write them, or leave durable out";
  return new HoldfastError(
    "InvalidSpec",
    `${path} is durable, and its class has no snapshot() and restore(), or apply(): ${fix}`,
  );
}

export function cannotReplay(path: string, method: string): HoldfastError {
  const text = `${path} has stored messages of "${method}", which its class does not have any more: keep it until a snapshot was stored`;
  return new HoldfastError("StateRefused", text, { details: { method } });
}
