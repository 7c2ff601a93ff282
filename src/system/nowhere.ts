import type { Target } from "../actor/ref.js";
import { HoldfastError } from "../errors.js";
import { pack } from "../transport/values.js";
import type { SystemContext } from "./context.js";
import { shapeOf } from "./death/evidence.js";
import { type HeldMail, unsent } from "./letters/held-mail.js";
import type { Unit } from "./unit.js";

/** What a ref to a path finds where nothing is. @param above what there is above it, where that it was refused counts */
export function nowhere(context: SystemContext, path: string, above: () => Unit): Target {
  const refused = () => {
    const error = new HoldfastError("ActorStopped", `there is no actor at ${path}`, { retryable: false });
    const { own, tally } = above();
    (own ?? tally)?.refusesForGone(error);
    return error;
  };
  return {
    path,
    system: context.identity,
    ask: () => Promise.reject(refused()),
    tell(method, args, { key, sender = "app" }) {
      refused();
      const reason = "ActorStopped";
      const letter = { path, to: path, key, incarnation: 0, sender, method, reason, ask: false, shape: shapeOf(args) };
      context.deaths.deadLetter(letter, packed(context, args));
      return false;
    },
  };
}

/** Somebody may be there when it is sent again. */
function packed(context: SystemContext, args: unknown[]): HeldMail {
  try {
    const { value, special, bytes } = pack(args, "args", "copy", context.identity);
    return { args: value as unknown[], special, bytes, deaths: 0, charges: [] };
  } catch {
    return unsent("its arguments could not be sent");
  }
}
