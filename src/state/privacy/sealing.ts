import { hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { HoldfastError } from "../../errors.js";
import { checkKeyId, type Encryption } from "./encryption.js";
import { KEY_BYTES, keyBytes } from "./key-bytes.js";
import { CHECK_BYTES, encodeSealHeader, parseSealHeader, SALT_BYTES } from "./seal-header.js";
import { fileSealer, type Sealer } from "./sealer.js";

/** A file's sealer, and what has to stand in the file's header to get it again. */
export interface SealedFile {
  readonly header: Uint8Array;
  readonly sealer: Sealer;
}

/*
 *   key "2026-05" ─┬─ HKDF ─ salt, "check"       ─▶ 16 bytes in the header: is this the right key?
 *   (the user's)   └─ HKDF ─ salt, "file", about ─▶ this file's own key ─▶ AES-256-GCM for each record
 *
 * A salt is random and a file's own, so that no two files share a key and records of one do not open in another. The check
 * tells a wrong key from damage: without it a wrong key would look like a torn tail, and the tail would be cut off.
 */

/**
 * A sealer for a file that is about to be written, with the current key.
 * @param about what the file is, authenticated with every record: kind, number and format
 * @param file named in errors
 * @throws HoldfastError InvalidSpec: there is no such key, or it is none
 */
export async function sealNew(encryption: Encryption, about: string, file: string): Promise<SealedFile> {
  const { keyId, key } = await currentKey(encryption);
  const salt = randomBytes(SALT_BYTES);
  const header = encodeSealHeader({ keyId, salt, check: checkOf(key, salt) });
  return { header, sealer: fileSealer(fileKey(key, salt, about), keyId, file) };
}

/** What new files are sealed with. @throws HoldfastError InvalidSpec: there is no such key, or it is none */
export async function currentKey(encryption: Encryption): Promise<{ keyId: string; key: Uint8Array }> {
  const keyId = typeof encryption.current === "function" ? encryption.current() : encryption.current;
  checkKeyId(keyId, "encryption.current");
  const given = await encryption.key(keyId);
  if (given === undefined) {
    const text = `the key "${keyId}" is encryption.current, but encryption.key("${keyId}") gives nothing`;
    throw new HoldfastError("InvalidSpec", `${text}: give its 32 bytes`, { details: { keyId } });
  }
  return { keyId, key: keyBytes(given, `the key "${keyId}"`) };
}

/**
 * The sealer of a file that is there, by its header.
 * @param encryption undefined where the store has none: told as such
 * @throws HoldfastError StoreDamaged naming the key that is missing or another one; InvalidSpec
 */
export async function sealKnown(
  encryption: Encryption | undefined,
  header: Uint8Array,
  about: string,
  file: string,
): Promise<Sealer> {
  const { keyId, salt, check } = parseSealHeader(header, file);
  if (!encryption) throw refused(file, keyId, "and the store was opened without encryption: give encryption");
  const given = await encryption.key(keyId);
  if (given === undefined) throw refused(file, keyId, "and no such key is given: give it until no file needs it");
  const key = keyBytes(given, `the key "${keyId}"`);
  if (!timingSafeEqual(check, checkOf(key, salt))) {
    throw refused(file, keyId, "and the key given under this id is another one");
  }
  return fileSealer(fileKey(key, salt, about), keyId, file);
}

function refused(file: string, keyId: string, why: string): HoldfastError {
  const text = `${file} is sealed with the key "${keyId}", ${why}. Nothing was changed`;
  return new HoldfastError("StoreDamaged", text, { details: { file, keyId, reason: "key" } });
}

function checkOf(key: Uint8Array, salt: Uint8Array): Uint8Array {
  return derive(key, salt, "check", CHECK_BYTES);
}

function fileKey(key: Uint8Array, salt: Uint8Array, about: string): Uint8Array {
  return derive(key, salt, `file ${about}`, KEY_BYTES);
}

function derive(key: Uint8Array, salt: Uint8Array, purpose: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key, salt, `holdfast state 1 ${purpose}`, length));
}
