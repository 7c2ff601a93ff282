import { HoldfastError } from "../errors.js";
import { isPromise } from "./direct-work.js";

/**
 * A snapshot is of the moment between two messages, so it cannot be waited for.
 * @throws HoldfastError InvalidValue for what `snapshot()` has still to make
 */
export function takenNow(state: unknown): unknown {
  if (!isPromise(state)) return state;
  Promise.resolve(state).catch(() => {});
  throw new HoldfastError(
    "InvalidValue",
    "snapshot() returned a promise, and has to be synchronous: the next message would change the state while it is waited " +
      "for. Keep what it needs in fields, and return plain data",
  );
}
