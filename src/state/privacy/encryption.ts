import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";

/** A key of AES-256: 32 bytes, or their text in hex or base64. */
export type Key = Uint8Array | string;

/**
 * Encryption at rest: whose keys a store's files are sealed with (AES-256-GCM, a key of its own for each file).
 * Rotation: give the new key as `current` and go on giving the old one when it is asked for, until no file needs it.
 * @example
 * import { type Encryption, files } from "holdfast/state";
 * const encryption: Encryption = { current: "2026-05", key: (id) => process.env[`STATE_KEY_${id}`] };
 * const store = files("./state", { encryption });
 */
export interface Encryption {
  /** The id of the key that new files are sealed with; it is stored in clear, 1 to 64 letters, digits or any of `._:-`. */
  readonly current: string | (() => string);
  /** The key of an id, asked for once for each file; undefined where there is none. */
  key(id: string): Key | undefined | Promise<Key | undefined>;
}

const known: KeysOf<Encryption> = { current: true, key: true };

/** @throws HoldfastError InvalidSpec naming the field */
export function checkEncryption(encryption: Encryption, field: string): void {
  onlyKnownKeys(encryption, known, field);
  if (typeof encryption.key !== "function") {
    // What was given is not quoted: it may be the key itself.
    throw invalid(`${field}.key is no function: give one from a key's id to its 32 bytes`, field);
  }
  if (typeof encryption.current !== "function") checkKeyId(encryption.current, `${field}.current`);
}

/** @throws HoldfastError InvalidSpec */
export function checkKeyId(id: unknown, field: string): asserts id is string {
  if (typeof id === "string" && /^[\w.:-]{1,64}$/.test(id)) return;
  throw invalid(`${field} is ${shown(id)}: give the id of a key, 1 to 64 letters, digits or any of ._:-`, field);
}

function invalid(text: string, field: string): HoldfastError {
  return new HoldfastError("InvalidSpec", text, { details: { field } });
}
