import type { Target } from "../actor/ref.js";
import { HoldfastError } from "../errors.js";
import { pack } from "../transport/values.js";
import type { SystemContext } from "./context.js";
import { shapeOf } from "./death/evidence.js";
import { type HeldMail, unsent } from "./letters/held-mail.js";

/** What a ref to a path finds where nothing is. */
export function nowhere(context: SystemContext, path: string): Target {
  return {
    path,
    system: context.identity,
    ask: () => Promise.reject(new HoldfastError("ActorStopped", `there is no actor at ${path}`, { retryable: false })),
    tell(method, args, { key, sender = "app" }) {
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
