import { HoldfastError } from "../../errors.js";
import type { Preset } from "../../supervision/presets.js";
import type { ChildRules } from "../../supervision/spec.js";
import type { LoadedActor } from "../../system/actor/loaded-actor.js";
import { refuseHot } from "../../system/standby/standby-options.js";
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
  refuseHot(
    member.options,
    field,
    'the members of a pool stand by for each other: give it one member more, or "warm" for a loaded spare',
  );
  if (member.options.durable) {
    throw new HoldfastError(
      "InvalidSpec",
      `${field}.durable is set: leave it out, the members of a pool are stateless (each takes any message); what has to last ` +
        "belongs in one actor, or in keyed()",
      { details: { field: `${field}.durable` } },
    );
  }
  return lasting(member.rules(field, preset), field);
}
