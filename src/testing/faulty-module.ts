import type { ActorClass } from "../actor/actor.js";
import { HoldfastError, isHoldfastError, toError } from "../errors.js";
import { cannotLoad } from "../host/cannot-load.js";
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
const exports = await import(module).catch((error: unknown) => {
  throw cannotLoad(module, toError(error));
});

export const FaultyActor: ActorClass = faultyActor();

/** Whatever is wrong is said of the user's module: this one's URL, with the plan in it, nobody has written. */
function faultyActor(): ActorClass {
  try {
    const actorClass = findActorClass(exports, module, wanted.get("export") ?? undefined);
    return faultyClass(actorClass, plan, wanted.get("isolation") as Isolation, tallies);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    throw new HoldfastError(error.code, error.message, { cause: error, details: { cannotLoad: module } });
  }
}
