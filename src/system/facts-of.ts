import type { ActorFacts } from "../actor/methods.js";
import type { Unit } from "./unit.js";

/** Its own, else those of the first below it that has some: the members of a pool and the cells of a group are alike. */
export function factsOf(unit: Unit): ActorFacts | undefined {
  if ("facts" in unit) return unit.facts as ActorFacts | undefined;
  if ("units" in unit) return undefined;
  for (const { name } of unit.tree({ state: "running", reason: undefined, restarts: 0 }).children ?? []) {
    const below = unit.child(name);
    const facts = below && factsOf(below);
    if (facts) return facts;
  }
  return undefined;
}
