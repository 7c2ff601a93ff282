import type { Lifecycle } from "../actor/lifecycle.js";
import { HoldfastError } from "../errors.js";
import type { Packed } from "../transport/frames.js";
import { pack } from "../transport/values.js";
import { ownCopy } from "./own-copy.js";
import { isPromise } from "./promises.js";
import type { Surroundings } from "./surroundings.js";

/**
 * The state of an actor between two messages, as it crosses.
 * @throws HoldfastError InvalidValue for what cannot be sent; and what `snapshot()` throws
 */
export function snapshotOf(actor: Lifecycle, around: Surroundings): Packed {
  const { value, special } = pack(takenNow(actor.snapshot!()), "the snapshot");
  return ownCopy(around, { value, special });
}

/**
 * A snapshot is of the moment between two messages, so it cannot be waited for.
 * @throws HoldfastError InvalidValue for what `snapshot()` has still to make, and for nothing: restored, the state would be gone
 */
function takenNow(state: unknown): unknown {
  if (state === undefined)
    throw new HoldfastError(
      "InvalidValue",
      "snapshot() returned undefined: return the state (null, where there is none)",
    );
  if (!isPromise(state)) return state;
  Promise.resolve(state).catch(() => {});
  throw new HoldfastError(
    "InvalidValue",
    "snapshot() returned a promise, and has to be synchronous: the next message would change the state while it is waited " +
      "for. Keep what it needs in fields, and return plain data",
  );
}
