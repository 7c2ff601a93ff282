import type { Lifecycle } from "../actor/lifecycle.js";
import { HoldfastError } from "../errors.js";
import type { ToHost } from "../transport/frames.js";
import { type ResolveRef, unpack } from "../transport/values.js";
import { migrateState } from "./migrated.js";
import { ownCopy } from "./own-copy.js";
import type { Surroundings } from "./surroundings.js";
import { inHook } from "./threw-in.js";

/**
 * Gives an actor the state that it had, as its class has them now.
 * @throws HoldfastError StateRefused; and what `restore()` and `migrate()` throw
 */
export function restore(
  actor: Lifecycle,
  { state, version }: Extract<ToHost, { t: "start" }>,
  around: Surroundings,
  refs: ResolveRef,
): void | Promise<void> {
  if (state === undefined) return undefined;
  if (actor.restore === undefined) throw cannotTake(around.actorClass.name);
  const had = unpack(ownCopy(around, state), refs);
  const has = version === undefined ? had : migrateState(around.actorClass, had, version);
  return inHook("restore()", () => actor.restore!(has as never));
}

/** To begin anew would be to lose it in silence: the next snapshots would push it out. */
function cannotTake(className: string): HoldfastError {
  return new HoldfastError(
    "StateRefused",
    `a snapshot is stored, and ${className} has no restore(): write snapshot() and restore() beside apply(); what is stored stays as it is`,
  );
}
