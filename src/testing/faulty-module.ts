import type { ActorClass } from "../actor/actor.js";
import { findActorClass } from "../host/find-class.js";
import type { Isolation } from "../host/host.js";
import type { FaultPlan } from "./faults.js";
import { faultyClass } from "./faulty-class.js";
import { sharedTally } from "./tally.js";

/*
 * What a faulty spec boots in a thread or a process instead of the user's module. All it needs stands in its own URL, so
 * that it is a module like any other to the host:
 *
 *   …/faulty-module.js?module=file:///…/digits.js&export=Digits&isolation=thread&plan={…}&tallies=/dev/shm/…
 *          │
 *          └─ import(module) ─▶ the user's class ─▶ a subclass with the faults: the only actor it exports
 */
const wanted = new URL(import.meta.url).searchParams;
const module = wanted.get("module")!;
const plan = JSON.parse(wanted.get("plan")!) as FaultPlan;
const tallies = plan.messages.map((_, index) => sharedTally(`${wanted.get("tallies")}-${index}`));
const actorClass = findActorClass(await import(module), module, wanted.get("export") ?? undefined);

export const FaultyActor: ActorClass = faultyClass(actorClass, plan, wanted.get("isolation") as Isolation, tallies);
