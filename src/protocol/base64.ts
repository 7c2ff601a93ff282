import { HoldfastError } from "../errors.js";

/** The part of Node's Buffer that is used where it exists; browsers take the slower way. */
interface BufferDoor {
  from(source: ArrayBufferLike, offset: number, length: number): { toString(encoding: "base64"): string };
  from(text: string, encoding: "base64"): Uint8Array;
}

const door = (globalThis as { Buffer?: BufferDoor }).Buffer;
const CHUNK = 0x8000;

export function toBase64(bytes: Uint8Array): string {
  if (door) return door.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  let letters = "";
  // In pieces: the arguments of one call are bounded by the engine's stack.
  for (let at = 0; at < bytes.length; at += CHUNK) {
    letters += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(letters);
}

/** @throws HoldfastError InvalidValue when the text is not base64 (RFC 4648, section 4, padded) */
export function fromBase64(text: string, where: string): Uint8Array {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    const sample = JSON.stringify(text.slice(0, 16));
    throw new HoldfastError(
      "InvalidValue",
      `${where} has data that is not base64 (RFC 4648, padded): it begins ${sample}`,
      {
        details: { path: where },
      },
    );
  }
  if (door) return new Uint8Array(door.from(text, "base64"));
  const letters = atob(text);
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
