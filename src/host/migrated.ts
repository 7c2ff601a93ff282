import type { ActorClass } from "../actor/actor.js";
import { HoldfastError } from "../errors.js";
import { isPromise } from "./promises.js";
import { inHook } from "./threw-in.js";

/** The version of a class that says none. */
const FIRST_VERSION = 1;

/** Of the states and events that a class makes. */
export function versionOf({ version }: Pick<ActorClass, "version">): number {
  return version ?? FIRST_VERSION;
}

/**
 * A stored state as this version of its class has them.
 * @throws HoldfastError StateRefused where the class does not say how; and what `migrate()` throws
 */
export function migrateState(actorClass: ActorClass, state: unknown, from: number): unknown {
  if (from === versionOf(actorClass)) return state;
  if (!actorClass.migrate || from > versionOf(actorClass))
    throw refused(actorClass, "state", "migrate(state, from)", from);
  return made(
    inHook("migrate()", () => actorClass.migrate!(state as never, from)),
    "migrate()",
    "the state (null, where there is none)",
  );
}

/** The same of one stored event. */
export function migrateEvent(actorClass: ActorClass, event: unknown, from: number): unknown {
  if (from === versionOf(actorClass)) return event;
  if (!actorClass.migrateEvent || from > versionOf(actorClass))
    throw refused(actorClass, "event", "migrateEvent(event, from)", from);
  return made(
    inHook("migrateEvent()", () => actorClass.migrateEvent!(event as never, from)),
    "migrateEvent()",
    "the event",
  );
}

function refused(actorClass: ActorClass, what: "state" | "event", hook: string, from: number): HoldfastError {
  const expected = versionOf(actorClass);
  const fix =
    from > expected
      ? "run the newer code that made it, or restore a backup"
      : `write static ${hook} in ${actorClass.name}`;
  return new HoldfastError(
    "StateRefused",
    `the stored ${what} is of version ${from}, and ${actorClass.name} is of version ${expected}: ${fix}; what is stored stays as it is`,
    { details: { stored: from, expected } },
  );
}

/** @throws HoldfastError StateRefused for what is still to be made, and for nothing: most likely a return was forgotten */
function made(value: unknown, hook: string, what: string): unknown {
  if (value === undefined)
    throw new HoldfastError("StateRefused", `${hook} returned nothing: return ${what}; what is stored stays as it is`);
  if (!isPromise(value)) return value;
  Promise.resolve(value).catch(() => {});
  throw new HoldfastError("StateRefused", `${hook} returned a promise, and has to be synchronous`);
}
