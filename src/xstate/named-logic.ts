import type { AnyActorRef } from "xstate";
import { HoldfastError } from "../errors.js";
import { children } from "./actor-paths.js";

/**
 * A child whose logic is only in the memory of this program cannot be made again from what is stored.
 * @throws HoldfastError InvalidValue naming it
 */
export function refuseUnnamed(ref: AnyActorRef, place: string): void {
  for (const [name, child] of Object.entries(children(ref))) {
    if (typeof child.src !== "string") {
      throw new HoldfastError(
        "InvalidValue",
        `${place}: the child "${name}" was spawned from logic without a name, so its state cannot be kept: name it in ` +
          `setup({ actors: { … } }) and spawn it by that name`,
        { details: { path: place, child: name } },
      );
    }
    refuseUnnamed(child, place);
  }
}
