import { packPlain } from "../protocol/codec.js";

/** Bytes that are as long are not copied: to hand them over apart costs some microseconds, to copy them as many more. */
export const APART_FROM_BYTES = 64 * 1024;

/**
 * A plain value as msgpack, in pieces: what is packed, and between it the large bytes as they lie in memory.
 *
 *   { type: "result", id: 7, value: { dtype, shape, data: <1 MB> } }
 *   ─▶ [ map of 3, type, id, value: map of 3, dtype, shape, "data", bin of 1 MB ]  [ the 1 MB itself ]
 */
export function packApart(value: unknown): Uint8Array[] {
  const parts = new Apart();
  parts.add(value);
  return parts.all();
}

class Apart {
  readonly #parts: Uint8Array[] = [];
  #small: Uint8Array[] = [];

  add(value: unknown): void {
    if (isLarge(value)) {
      this.#small.push(header(0xc6, value.byteLength));
      this.#end();
      this.#parts.push(value);
    } else if (!holdsLarge(value)) this.#small.push(packPlain(value));
    else if (Array.isArray(value)) {
      this.#small.push(header(0xdd, value.length));
      for (const item of value) this.add(item);
    } else {
      const entries = Object.entries(value as object);
      this.#small.push(header(0xdf, entries.length));
      for (const [key, item] of entries) {
        this.#small.push(packPlain(key));
        this.add(item);
      }
    }
  }

  all(): Uint8Array[] {
    this.#end();
    return this.#parts;
  }

  #end(): void {
    if (this.#small.length > 0) this.#parts.push(Buffer.concat(this.#small));
    this.#small = [];
  }
}

/** A head byte whose length follows in 32 bits: msgpack allows it for every length. */
function header(head: number, length: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = head;
  new DataView(bytes.buffer).setUint32(1, length);
  return bytes;
}

function isLarge(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.byteLength >= APART_FROM_BYTES;
}

function holdsLarge(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (ArrayBuffer.isView(value)) return isLarge(value);
  return Array.isArray(value) ? value.some(holdsLarge) : Object.values(value).some(holdsLarge);
}
