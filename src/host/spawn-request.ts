import type { ActorClass } from "../actor/actor.js";
import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import type { SpawnSpec } from "../transport/frames.js";
import { pack } from "../transport/values.js";

/**
 * An actor spec as data: what `thread()`, `fork()` and `inline()` return, without what only its own thread can use.
 * @param register names a class for the parent, where that is the same thread; undefined where a class cannot travel
 * @throws HoldfastError InvalidSpec for what cannot be spawned here, saying what to write; InvalidValue for props
 */
export function spawnSpec(spec: unknown, register: ((actorClass: ActorClass) => string) | undefined): SpawnSpec {
  const { kind, isolation, runs, props, options } = (spec ?? {}) as {
    kind?: unknown;
    isolation?: SpawnSpec["isolation"];
    runs?: string | ActorClass;
    props?: unknown;
    options?: unknown;
  };
  if (kind !== "actor" || isolation === undefined || runs === undefined) {
    throw new HoldfastError("InvalidSpec", `spawn() got ${shown(spec)}: ${instead(spec, kind)}`, {
      details: { field: "spec" },
    });
  }
  if (typeof runs !== "string" && !register) {
    throw new HoldfastError(
      "InvalidSpec",
      `spawn() got inline(${runs.name}) in a thread or process, from where a class cannot travel: give thread() or fork() ` +
        "with the URL of its module; inline() is for actors that run inline themselves",
      { details: { field: "spec" } },
    );
  }
  const own = pack({ props, options }, "spawn");
  return {
    isolation,
    runs: typeof runs === "string" ? runs : register!(runs),
    own: { value: own.value, special: own.special },
  };
}

/** What to write where no actor's spec was given. */
function instead(spec: unknown, kind: unknown): string {
  if (typeof spec === "function") return `write inline(${spec.name || "YourActor"}), thread(url) or fork(url)`;
  if (typeof kind !== "string")
    return "give the spec of one actor, such as inline(YourActor), thread(url) or fork(url)";
  return "give the spec of one actor, such as thread(url): pools, groups and supervisors belong into the tree";
}
