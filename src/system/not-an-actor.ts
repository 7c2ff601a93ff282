import type { Target } from "../actor/ref.js";
import { HoldfastError } from "../errors.js";

/** What a ref to a supervisor finds: it has no protocol. */
export function notAnActor(path: string): Target {
  const refuse = (method: string) =>
    new HoldfastError("UnknownMethod", `${path} is a supervisor and has no method "${method}"`);
  return { path, ask: (method) => Promise.reject(refuse(method)), tell: () => false };
}
