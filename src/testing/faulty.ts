import { join } from "node:path";
import type { Actor, ActorClass } from "../actor/actor.js";
import { HoldfastError } from "../errors.js";
import { controlFolder } from "../host/control-folder.js";
import { shown } from "../known-keys.js";
import type { ActorSpec } from "../system/specs.js";
import { type FaultPlan, type Faults, faultPlan } from "./faults.js";
import { faultyClass } from "./faulty-class.js";
import { tally } from "./tally.js";

/** Where the counts of threads and processes are: made with the first of them, swept by a later program. */
let folder: string | undefined;
let made = 0;

/**
 * The same actor, with faults that happen when you say: it dies on the third message, hangs in its start, is slow to stop.
 * For one spec, a pool's or keyed group's member included, at every isolation level; or for a class.
 * @throws HoldfastError InvalidSpec naming the fault, or the method that the class does not have (a thread's or process's
 * class is looked at there: StartFailed, with the same words)
 * @example
 * const tree = supervisor({}, { digits: faulty(thread<Digits>(url, { model }), { diesOn: 3 }) });
 */
export function faulty<A>(spec: ActorSpec<A>, faults: Faults<A>): ActorSpec<A>;
export function faulty<A extends Actor<unknown, unknown>>(actorClass: new () => A, faults: Faults<A>): new () => A;
export function faulty(actor: ActorSpec | (new () => object), faults: object): ActorSpec | (new () => object) {
  const plan = faultPlan(faults as Faults<never>);
  if (typeof actor === "function") return inParent(actor as unknown as ActorClass, plan);
  if (actor?.kind !== "actor" || actor.runs === undefined) {
    throw new HoldfastError(
      "InvalidSpec",
      `faulty() got ${shown(actor)}: give it an actor's spec or class, such as faulty(inline(Store), { diesOn: 3 }); of a pool or a keyed group, its member`,
      { details: { field: "faulty" } },
    );
  }
  const { runs } = actor;
  if (typeof runs === "function") return { ...actor, runs: inParent(runs, plan) };
  folder ??= controlFolder();
  const url = new URL("./faulty-module.js", import.meta.url);
  url.searchParams.set("module", runs);
  if (actor.options.export !== undefined) url.searchParams.set("export", actor.options.export);
  url.searchParams.set("isolation", actor.isolation);
  url.searchParams.set("plan", JSON.stringify(plan));
  url.searchParams.set("tallies", join(folder, `faulty-${++made}`));
  const { export: _, ...options } = actor.options;
  return { ...actor, runs: url.href, options };
}

function inParent(actorClass: ActorClass, plan: FaultPlan): ActorClass {
  if (plan.messages.some(({ does }) => does === "blocks")) {
    throw new HoldfastError(
      "InvalidSpec",
      "faulty().blocksOn would stop the test itself: an inline actor has no event loop of its own; use hangsOn, or thread() and fork()",
      { details: { field: "faulty().blocksOn" } },
    );
  }
  const tallies = plan.messages.map(() => tally());
  return faultyClass(actorClass, plan, "inline", tallies);
}
