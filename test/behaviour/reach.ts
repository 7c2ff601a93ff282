import { type Actor, type ActorOptions, type ActorSpec, fork, type Isolation, inline, thread } from "holdfast";

const cast = new URL("../actors/reach.mjs", import.meta.url);

/** One actor of the cast in reach.mjs at an isolation level. */
export function reach<A extends Actor<unknown, unknown>>(
  level: Isolation,
  actorClass: new () => A,
  props?: unknown,
  options: ActorOptions = {},
): ActorSpec<A> {
  // The props' type is the class's business; here it is only handed through.
  if (level === "inline") return (inline as (...args: unknown[]) => ActorSpec<A>)(actorClass, props, options);
  const spec = level === "thread" ? thread : fork;
  return (spec as (...args: unknown[]) => ActorSpec<A>)(cast, props, { export: actorClass.name, ...options });
}
