import { HoldfastError } from "../../errors.js";
import type { Preset } from "../../supervision/presets.js";
import type { ChildRules } from "../../supervision/spec.js";
import type { LoadedActor } from "../../system/actor/loaded-actor.js";
import { lasting } from "../lasting.js";

/** @throws InvalidSpec for what a member of a pool cannot be */
export function memberRules(member: LoadedActor, field: string, preset: Preset): ChildRules {
  if (member.options.snapshotEvery !== undefined) {
    throw new HoldfastError(
      "InvalidSpec",
      `${field}.snapshotEvery is ${member.options.snapshotEvery}: leave it out, the members of a pool are stateless ` +
        "(each takes any message); state belongs in one actor, or in keyed()",
      { details: { field: `${field}.snapshotEvery` } },
    );
  }
  return lasting(member.rules(field, preset), field);
}
