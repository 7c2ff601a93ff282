import { type Actor, type ActorOptions, type ActorSpec, fork, type Isolation, inline, thread } from "holdfast";

/** Casts one actor of a module at an isolation level. */
export type Casting = <A extends Actor<unknown, unknown>>(
  level: Isolation,
  actorClass: new () => A,
  props?: unknown,
  options?: ActorOptions,
) => ActorSpec<A>;

/** @param module where the classes are, for threads and processes */
export function castingFrom(module: URL): Casting {
  return <A extends Actor<unknown, unknown>>(
    level: Isolation,
    actorClass: new () => A,
    props?: unknown,
    options: ActorOptions = {},
  ) => {
    // The props' type is the class's business; here it is only handed through.
    if (level === "inline") return (inline as (...args: unknown[]) => ActorSpec<A>)(actorClass, props, options);
    const spec = level === "thread" ? thread : fork;
    return (spec as (...args: unknown[]) => ActorSpec<A>)(module, props, { export: actorClass.name, ...options });
  };
}
