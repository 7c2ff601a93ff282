import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";

/** What of an actor survives the process. */
export interface DurableOptions {
  /** Tells that were accepted, until they are handled: after a restart of the process they are delivered again. Default false. */
  mail?: boolean;
}

/** The same, normalised. */
export interface Durability {
  readonly mail: boolean;
}

const keys: KeysOf<DurableOptions> = { mail: true };

/** @throws HoldfastError InvalidSpec naming the field */
export function durability(option: boolean | DurableOptions | undefined, field: string): Durability | undefined {
  if (option === undefined || option === false) return undefined;
  if (option === true) return { mail: false };
  if (typeof option !== "object" || option === null || Array.isArray(option)) {
    throw invalid(field, option, "true, or { mail: true } to keep tells that wait too");
  }
  onlyKnownKeys(option, keys, field);
  const { mail = false } = option;
  if (typeof mail !== "boolean") throw invalid(`${field}.mail`, mail, "true or false");
  return { mail };
}

/** A spec says durable, and nothing is there to store anything in. */
export function needsStore(path: string): HoldfastError {
  const fix = 'give the system one: system(tree, { store: files("./state") }), with files from "holdfast/state"';
  return new HoldfastError("InvalidSpec", `${path} is durable, and its system has no store: ${fix}`, {
    details: { field: `${path}.durable` },
  });
}

/** There is nothing to forget. */
export function notDurable(path: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${path} is not durable: nothing of it is stored`, { details: { path } });
}

/** A durable child was to get a number for a name: what is stored could be another's. */
export function needsName(path: string): HoldfastError {
  const fix = "give it one, by which its state is found again";
  return new HoldfastError("InvalidSpec", `${path} was to spawn a durable child without a name: ${fix}`);
}

function invalid(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${fix}`, { details: { field } });
}
