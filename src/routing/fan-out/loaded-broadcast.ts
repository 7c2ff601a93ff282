import type { Target } from "../../actor/ref.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys } from "../../known-keys.js";
import { childRules } from "../../supervision/spec.js";
import { type LoadedActor, positiveInteger } from "../../system/actor/loaded-actor.js";
import type { LoadedSpec } from "../../system/unit.js";
import type { BroadcastOptions, FirstCompletedOptions } from "../broadcast.js";
import { memberRules } from "../pools/member-rules.js";
import { type PoolBounds, poolBounds } from "../pools/pool-bounds.js";
import { waitAndLoad } from "../scaling/scaling-rule.js";
import { BroadcastTarget } from "./broadcast-target.js";
import type { FanOut } from "./fan-out.js";
import { FanOutUnit, type Suits } from "./fan-out-unit.js";
import { FirstCompletedTarget } from "./first-completed-target.js";
import { OwnMail } from "./own-mail.js";

export const broadcastKeys: KeysOf<BroadcastOptions> = { min: true, max: true, size: true };
const firstCompletedKeys: KeysOf<FirstCompletedOptions> = { ...broadcastKeys, of: true };

/** A broadcast's spec with its member's, loaded. */
export function loadBroadcast(member: LoadedActor, options: BroadcastOptions): LoadedSpec {
  const bounds = (field: string) => {
    onlyKnownKeys(options, broadcastKeys, field);
    return fixedBounds(options, member, field);
  };
  return loadFanOut(member, bounds, (group) => new BroadcastTarget(group));
}

/** The same where the first value wins. */
export function loadFirstCompleted(member: LoadedActor, options: FirstCompletedOptions): LoadedSpec {
  const bounds = (field: string) => {
    onlyKnownKeys(options, firstCompletedKeys, field);
    const { of, ...size } = options ?? {};
    const found = fixedBounds(size, member, field);
    positiveInteger(of, `${field}.of`);
    if (of === undefined || of <= found.max) return found;
    const text = `${field}.of is ${of}, and there are ${found.max} members at most: give a smaller one, or more members`;
    throw new HoldfastError("InvalidSpec", text, { details: { field: `${field}.of` } });
  };
  return loadFanOut(
    member,
    bounds,
    (group) => new FirstCompletedTarget(group, options?.of ?? Number.POSITIVE_INFINITY),
  );
}

/** Each member is asked whatever there is to do: one more is work more, and no load asks for it. */
export function fixedBounds(options: BroadcastOptions, member: LoadedActor, field: string): PoolBounds {
  const bounds = poolBounds(options, member, field);
  const why = "as many as it was told to have";
  return {
    ...bounds,
    rule: (view, limits, memory) => ({ ...waitAndLoad(view, limits, memory), want: view.members, why }),
  };
}

/**
 * Members with mail of their own, behind a target that asks several.
 * @param boundsOf checks the options
 * @param suits checks them against the members' class
 */
export function loadFanOut(
  member: LoadedActor,
  boundsOf: (field: string) => PoolBounds,
  target: (group: FanOut) => Target,
  suits?: Suits,
): LoadedSpec {
  return {
    rules(field, preset) {
      boundsOf(field);
      memberRules(member, field, preset);
      return childRules({ shutdown: "unlimited", startTimeout: Number.POSITIVE_INFINITY }, field, preset);
    },
    create(context, place) {
      const { path, preset } = place;
      const rules = memberRules(member, path, preset);
      const mail = new OwnMail(path, member.mailbox(path).messages);
      return new FanOutUnit(context, place, { member, rules, bounds: boundsOf(path), mail, target }, suits);
    },
  };
}
