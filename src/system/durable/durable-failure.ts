import { HoldfastError } from "../../errors.js";
import type { Message } from "../../mailbox/message.js";
import type { DeathCause } from "../death/report.js";

/* What callers and supervisors of durable actors hear. */

export function storeFailed(text: string, cause: Error): HoldfastError {
  return new HoldfastError("StoreFailed", `${text} (${cause.message})`, { cause, ...advice(cause) });
}

export function notRun(path: string, { method }: Message, failure: HoldfastError): HoldfastError {
  return storeFailed(`${path}: ${method} was not run, nothing can be stored now`, failure);
}

/** There are no bytes for it, today or tomorrow. */
export function neverStored(path: string, { method }: Message, cause: Error): HoldfastError {
  const text = `${path}: what ${method} did cannot be stored (${cause.message})`;
  return new HoldfastError("StoreFailed", text, { cause, retryable: false });
}

/** What can never be stored is not to be tried again. */
function advice(cause: Error): { retryable?: boolean } {
  const never = cause instanceof HoldfastError && (cause.code === "InvalidValue" || !cause.retryable);
  return never ? { retryable: false } : {};
}

export function undoneWith(path: string, { method }: Message, why: DeathCause | undefined): HoldfastError {
  const cause = why && "error" in why ? why.error : undefined;
  if (cause) return storeFailed(`${path}: what ${method} did is undone, it could not be stored`, cause);
  const by = why?.kind === "killed" ? `, by ${why.by}` : "";
  return new HoldfastError("StoreFailed", `${path}: what ${method} did is undone${by}`);
}

export function cannotRestore(path: string, cause: Error, hook: string | undefined): HoldfastError {
  const text = `${path} cannot be built again from what is stored, which stays as it is: ${hook ? `${hook} threw ` : ""}${cause.message}`;
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

/** A refusal of what is stored, by the name of whose it is; some say it themselves. */
export function withPath(path: string, error: HoldfastError): HoldfastError {
  const text = error.message.startsWith(`${path}: `) ? error.message : `${path}: ${error.message}`;
  return new HoldfastError(error.code, text, { ...error, cause: error });
}
