import type { Target } from "../actor/ref.js";
import { HoldfastError } from "../errors.js";
import type { SystemContext } from "./context.js";
import { shapeOf } from "./death/evidence.js";

/** What a ref to a path finds where nothing is. */
export function nowhere(context: SystemContext, path: string): Target {
  return {
    path,
    system: context.identity,
    ask: () => Promise.reject(new HoldfastError("ActorStopped", `there is no actor at ${path}`, { retryable: false })),
    tell(method, args, { key, sender = "app" }) {
      const letter = { path, key, incarnation: 0, sender, method, reason: "ActorStopped", shape: shapeOf(args) };
      context.deaths.deadLetter(letter);
      return false;
    },
  };
}
