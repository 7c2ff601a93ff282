import { HoldfastError, withoutStack } from "../errors.js";

/** Why what belonged to an incarnation ends. */
export function overNow(): HoldfastError {
  return withoutStack(() => new HoldfastError("ActorStopped", "this incarnation of the actor is over"));
}
