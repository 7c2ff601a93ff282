import type { Lifecycle } from "../actor/lifecycle.js";
import type { ToHost } from "../transport/frames.js";
import { type ResolveRef, unpack } from "../transport/values.js";
import { migrateState } from "./migrated.js";
import { ownCopy } from "./own-copy.js";
import type { Surroundings } from "./surroundings.js";

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
  if (state === undefined || actor.restore === undefined) return undefined;
  const had = unpack(ownCopy(around, state), refs);
  const has = version === undefined ? had : migrateState(around.actorClass, had, version);
  return actor.restore(has as never);
}
