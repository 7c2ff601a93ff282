import type { ActorFacts } from "../../actor/methods.js";
import { milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, nearest, onlyKnownKeys, shown } from "../../known-keys.js";
import { type LoadedActor, positiveInteger } from "../../system/actor/loaded-actor.js";
import type { LoadedSpec } from "../../system/unit.js";
import type { BroadcastOptions } from "../broadcast.js";
import type { MajorityOptions } from "../majority.js";
import type { ParityOptions } from "../parity.js";
import type { PoolBounds } from "../pools/pool-bounds.js";
import type { FanOut } from "./fan-out.js";
import { broadcastKeys, fixedBounds, loadFanOut } from "./loaded-broadcast.js";
import { MajorityTarget } from "./majority-target.js";
import { ParityTarget } from "./parity-target.js";

const majorityKeys: KeysOf<MajorityOptions> = { ...broadcastKeys, quorum: true, tolerance: true };
const parityKeys: KeysOf<ParityOptions> = { ...broadcastKeys, linear: true, wait: true };

/** The fewest members of which one may be wrong, and is outvoted. */
const DEFAULT_VOTERS = 3;

/** The fewest members of which one may be the parity of the others. */
const LEAST_PARITY = 2;

/** A group waits so long for asks that share its parity ask: about one short inference. */
const DEFAULT_PARITY_WAIT = "2ms";

/** The spec of members that vote, loaded. */
export function loadMajority(member: LoadedActor, options: MajorityOptions): LoadedSpec {
  const bounds = (field: string) => {
    onlyKnownKeys(options, majorityKeys, field);
    const { quorum, tolerance = 0, ...size } = options ?? {};
    const found = fixedBounds(voters(size), member, field);
    severalOf(found, size, field, "3 or more: one member has nobody to outvote it");
    positiveInteger(quorum, `${field}.quorum`);
    if (typeof tolerance !== "number" || !(tolerance >= 0 && tolerance < 1)) {
      throw invalid(`${field}.tolerance`, tolerance, "a number from 0 to below 1, such as 1e-5");
    }
    checkQuorum(quorum, found, field);
    return found;
  };
  return loadFanOut(member, bounds, (group) => new MajorityTarget(group, options?.quorum, options?.tolerance ?? 0));
}

/** The spec of members with a parity ask beside them, loaded. */
export function loadParity(member: LoadedActor, options: ParityOptions): LoadedSpec {
  const wait = (field: string) => milliseconds(options.wait ?? DEFAULT_PARITY_WAIT, `${field}.wait`);
  const bounds = (field: string) => {
    onlyKnownKeys(options, parityKeys, field);
    const { linear, wait: _wait, ...size } = options ?? {};
    const found = fixedBounds(atLeast(LEAST_PARITY, size), member, field);
    wait(field);
    if (!Array.isArray(linear) || linear.length === 0 || !linear.every((name) => typeof name === "string")) {
      throw invalid(`${field}.linear`, linear, 'the names of the methods that are linear, such as ["infer"]');
    }
    severalOf(found, size, field, "2 or more: one member is the parity of the others");
    return found;
  };
  const target = (group: FanOut) => new ParityTarget(group, options.linear, wait("parity()"));
  return loadFanOut(member, bounds, target, (facts, path) => checkLinear(options.linear, facts, `${path}.linear`));
}

/** As many as are needed where nothing is said: one more is work more. */
function voters(size: BroadcastOptions): BroadcastOptions {
  const told = atLeast(DEFAULT_VOTERS, size);
  if (told.size !== undefined || told.max !== undefined) return told;
  return { ...told, max: Math.max(DEFAULT_VOTERS, told.min!) };
}

/** The size with a `min` where it says none: no more than its own `max`. */
function atLeast(count: number, size: BroadcastOptions): BroadcastOptions {
  const { min, max } = size;
  if (size.size !== undefined || min !== undefined) return size;
  const least = typeof max === "number" && Number.isInteger(max) && max > 0 ? Math.min(count, max) : count;
  return { ...size, min: least };
}

/** @throws HoldfastError InvalidSpec for one member, or none, as it was written */
function severalOf({ min }: PoolBounds, size: BroadcastOptions, field: string, fix: string): void {
  if (min > 1) return;
  const key = (["size", "min", "max"] as const).find((each) => size[each] !== undefined) ?? "min";
  throw invalid(`${field}.${key}`, size[key], fix);
}

/** Two camps could both have one that is no more than half. */
function checkQuorum(quorum: number | undefined, { max }: PoolBounds, field: string): void {
  if (quorum === undefined) return;
  if (quorum > max) throw invalid(`${field}.quorum`, quorum, `${max} or fewer: there are ${max} members at most`);
  if (quorum * 2 <= max) throw invalid(`${field}.quorum`, quorum, `more than half of ${max} members`);
}

/** A name that no method has would protect nothing, in silence. */
function checkLinear(linear: readonly string[], { methods }: ActorFacts, field: string): void {
  const missing = linear.find((name) => !Object.hasOwn(methods, name));
  if (missing === undefined) return;
  const names = Object.keys(methods);
  const near = nearest(missing, names);
  const fix = `${near ? `did you mean "${near}"? ` : ""}(there are: ${names.join(", ")})`;
  const text = `${field} has ${shown(missing)}: its members have no such method; ${fix}`;
  throw new HoldfastError("InvalidSpec", text, { details: { field } });
}

function invalid(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${fix}`, { details: { field } });
}
