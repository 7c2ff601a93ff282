import type { Target } from "../actor/ref.js";
import { HoldfastError } from "../errors.js";

/** What a ref to a supervisor finds: it has no protocol. */
export function notAnActor(path: string): Target {
  const refuse = (method: string) =>
    new HoldfastError("UnknownMethod", `${path} is a supervisor and has no method "${method}"`);
  return { path, ask: (method) => Promise.reject(refuse(method)), tell: () => false };
}

/** The answer to a call that names one key of something that has none: to leave it out would reach the wrong actor. */
export function hasNoKeys(path: string, key: string): HoldfastError {
  return new HoldfastError(
    "InvalidValue",
    `${path} has no keys, and "${key}" was asked for: leave .key() out, or make it a keyed() group`,
    { details: { key } },
  );
}

/** The answer while the system stops: what is with it already it finishes. */
export function takesNoMore(path: string): HoldfastError {
  return new HoldfastError("Draining", `${path} is stopping and takes no new work`);
}

/** The answer while an operator keeps new mail away from it. */
export function heldBack(path: string, by: string): HoldfastError {
  return new HoldfastError("Unavailable", `${path} was drained by ${by}, and takes no new work until it is resumed`);
}
