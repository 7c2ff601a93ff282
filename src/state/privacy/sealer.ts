import { createCipheriv, createDecipheriv, randomFillSync } from "node:crypto";
import { HoldfastError } from "../../errors.js";

/** Seals and opens the records of one file. */
export interface Sealer {
  /** The id of the key it is sealed with. */
  readonly keyId: string;
  /** Bytes that a sealed record has more than a plain one. */
  readonly overhead: number;
  /** @param position of the record in its file, authenticated: a record that lies elsewhere does not open */
  seal(plain: Uint8Array, position: number): Uint8Array;
  /** @throws HoldfastError StoreDamaged: it was changed, or sealed for another place */
  open(sealed: Uint8Array, position: number): Uint8Array;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OVERHEAD = NONCE_BYTES + TAG_BYTES;

/** Random bytes are taken in pieces of so many nonces: one by one they would cost more than the cipher of a small record. */
const NONCES_AT_ONCE = 256;

/**
 * AES-256-GCM under a key that is one file's alone.
 *
 *   nonce 12 ─ ciphertext n ─ tag 16        the position is authenticated beside them
 *
 * Every nonce is fresh from the system's random source and none follows from where a record lies: after a power cut a torn
 * tail is cut off and other records come to the same position under the same key, and a counter would then give two records
 * one nonce, which gives both away. 2^32 records of one file repeat one with a chance of 2^-33.
 * @param file named in errors
 */
export function fileSealer(key: Uint8Array, keyId: string, file: string): Sealer {
  const nonces = Buffer.alloc(NONCE_BYTES * NONCES_AT_ONCE);
  let used = nonces.length;
  const beside = Buffer.alloc(8);
  const at = (position: number) => {
    beside.writeBigUInt64BE(BigInt(position));
    return beside;
  };
  return {
    keyId,
    overhead: OVERHEAD,
    seal(plain, position) {
      if (used === nonces.length) {
        randomFillSync(nonces);
        used = 0;
      }
      const sealed = Buffer.allocUnsafe(plain.length + OVERHEAD);
      nonces.copy(sealed, 0, used, used + NONCE_BYTES);
      used += NONCE_BYTES;
      const cipher = createCipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES));
      cipher.setAAD(at(position));
      sealed.set(cipher.update(plain), NONCE_BYTES);
      cipher.final();
      sealed.set(cipher.getAuthTag(), sealed.length - TAG_BYTES);
      return sealed;
    },
    open(sealed, position) {
      if (sealed.length < OVERHEAD) throw notOpened(file, position, keyId);
      const end = sealed.length - TAG_BYTES;
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(at(position));
      decipher.setAuthTag(sealed.subarray(end));
      const plain = decipher.update(sealed.subarray(NONCE_BYTES, end));
      try {
        decipher.final();
      } catch (cause) {
        throw notOpened(file, position, keyId, cause);
      }
      return plain;
    },
  };
}

function notOpened(file: string, position: number, keyId: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    "StoreDamaged",
    `${file}: the record at ${position} does not open with the key "${keyId}" that its file was sealed with: ` +
      "somebody changed it, or put it there from elsewhere. Restore a backup",
    { cause, details: { file, position, keyId } },
  );
}
