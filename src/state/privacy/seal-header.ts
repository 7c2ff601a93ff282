import { HoldfastError } from "../../errors.js";

/** Of a sealed file, in clear: enough to ask for the key and to see whether it is the right one. */
export interface SealHeader {
  readonly keyId: string;
  /** 32 random bytes: a file's own key is derived from the key and these. */
  readonly salt: Uint8Array;
  /** 16 bytes that only the right key derives from the salt. */
  readonly check: Uint8Array;
}

/** AES-256-GCM with keys of HKDF-SHA-256, a random nonce with each record. */
const ALGORITHM = 1;
export const SALT_BYTES = 32;
export const CHECK_BYTES = 16;

/*
 *   1 byte      1 byte     n bytes    32 bytes   16 bytes
 *   algorithm   n          key id     salt       check
 */
export function encodeSealHeader({ keyId, salt, check }: SealHeader): Uint8Array {
  const id = Buffer.from(keyId, "latin1");
  return Buffer.concat([Buffer.of(ALGORITHM, id.length), id, salt, check]);
}

/**
 * @param file named in errors
 * @throws HoldfastError StoreDamaged
 */
export function parseSealHeader(bytes: Uint8Array, file: string): SealHeader {
  if (bytes.length > 0 && bytes[0]! > ALGORITHM) {
    throw new HoldfastError(
      "StoreDamaged",
      `${file} is sealed in a newer way (${bytes[0]}): read it with a newer holdfast`,
    );
  }
  const idEnd = 2 + (bytes[1] ?? 0);
  const saltEnd = idEnd + SALT_BYTES;
  if (bytes[0] !== ALGORITHM || idEnd === 2 || bytes.length !== saltEnd + CHECK_BYTES) {
    throw new HoldfastError("StoreDamaged", `${file} has a damaged header: its key cannot be told`);
  }
  const keyId = Buffer.from(bytes.subarray(2, idEnd)).toString("latin1");
  return { keyId, salt: bytes.slice(idEnd, saltEnd), check: bytes.slice(saltEnd) };
}
