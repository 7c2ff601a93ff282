import { HoldfastError } from "../../errors.js";
import type { Key } from "./encryption.js";

/** Bytes of a key of AES-256. */
export const KEY_BYTES = 32;

/**
 * The 32 bytes of a key. Nothing of a key that is refused is told, only how long it is.
 * @param from where it comes from, for the error: `the key "2026-05"`
 * @throws HoldfastError InvalidSpec
 */
export function keyBytes(key: Key, from: string): Uint8Array {
  if (key instanceof Uint8Array && key.length === KEY_BYTES) return key;
  if (typeof key === "string") {
    const text = key.trim();
    if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
    if (/^[\w+/-]{43}=?$/.test(text)) return Buffer.from(text, "base64");
  }
  const length = typeof key === "string" || key instanceof Uint8Array ? `has a length of ${key.length}` : "is no key";
  throw new HoldfastError(
    "InvalidSpec",
    `${from} ${length}: give 32 random bytes, or their text in hex (64 letters) or base64 (44): openssl rand -hex 32`,
  );
}
