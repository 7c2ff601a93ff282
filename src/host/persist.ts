import { HoldfastError } from "../errors.js";
import { pack } from "../transport/values.js";
import { Persisted } from "./persisted.js";
import { isPromise } from "./promises.js";
import type { Running } from "./running.js";
import type { Worker } from "./worker.js";

/**
 * An event of the message that runs:
 *
 *   persist(event) ─▶ checked ─▶ a copy is kept ─▶ apply(event)        the handler goes on with the new state
 *        │                                            └─ throws: the message ends its incarnation, whoever catches it
 *   outcome: a value, or a refusal ─▶ done (outcome, events)           they count
 *   the handler throws ─▶ crashed                                      the next incarnation is built without them
 *
 * @throws HoldfastError InvalidValue, Unavailable; what apply() throws
 */
export function persist(of: Worker, running: Running | undefined, event: unknown): void {
  const { actor, path, room } = of;
  if (actor?.apply === undefined)
    throw unavailable(path, "its class has no apply(event): write what the event does to the state");
  if (running === undefined) throw unavailable(path, "no message executes: an event is kept with the outcome of one");
  const before = running.persisted;
  if (before?.broken) throw before.broken.error;
  if (before?.applying) throw unavailable(path, "apply() calls it: what an event does is no event itself");
  const packed = pack(event, "the event");
  try {
    room?.check(path, before, packed.bytes);
  } catch (error) {
    // What has happened before it in the same message has not, without it.
    if (before) before.broken = { error };
    throw error;
  }
  running.persisted ??= new Persisted();
  const { persisted } = running;
  persisted.add(packed);
  persisted.applying = true;
  try {
    applied(actor.apply(event as never));
  } catch (error) {
    persisted.broken = { error };
    throw error;
  } finally {
    persisted.applying = false;
  }
}

/** @throws HoldfastError InvalidValue for what apply() has still to do */
export function applied(result: unknown): void {
  if (!isPromise(result)) return;
  Promise.resolve(result).catch(() => {});
  throw new HoldfastError(
    "InvalidValue",
    "apply() returned a promise, and has to be synchronous: do what takes time in the handler, and persist what came of it",
  );
}

function unavailable(path: string, why: string): HoldfastError {
  return new HoldfastError("Unavailable", `${path}: this.persist(): ${why}`, { retryable: false });
}
