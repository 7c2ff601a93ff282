/** Frames up to this many bytes are gathered: they are copied once more, which costs less than a write for each. */
export const GATHERED_BYTES = 16 * 1024;
/** What is gathered goes out at this many bytes, also within a turn. */
const FULL_BYTES = 64 * 1024;

/**
 * Small WebSocket frames that leave in one piece, each whole and unmasked (RFC 6455, section 5.2).
 *
 *   ┌ 82 len ┬ payload ┬ 81 7e len len ┬ payload ┬ …      one write to the socket: 82 is binary, 81 text
 */
export class FrameBatch {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #payloads: Uint8Array[] = [];
  readonly #heads: number[] = [];
  #bytes = 0;

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  /** Gathered and not yet written. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param payload of at most GATHERED_BYTES, not changed until it is written */
  add(payload: Uint8Array, text: boolean): void {
    this.#payloads.push(payload);
    this.#heads.push(text ? 0x81 : 0x82);
    this.#bytes += payload.length + (payload.length < 126 ? 2 : 4);
    if (this.#bytes >= FULL_BYTES) this.flush();
  }

  flush(): void {
    if (this.#bytes === 0) return;
    const bytes = Buffer.allocUnsafe(this.#bytes);
    let at = 0;
    for (let i = 0; i < this.#payloads.length; i++) {
      const payload = this.#payloads[i]!;
      const { length } = payload;
      bytes[at++] = this.#heads[i]!;
      if (length < 126) {
        bytes[at++] = length;
      } else {
        bytes[at++] = 126;
        bytes[at++] = length >> 8;
        bytes[at++] = length & 0xff;
      }
      bytes.set(payload, at);
      at += length;
    }
    this.#payloads.length = 0;
    this.#heads.length = 0;
    this.#bytes = 0;
    this.#write(bytes);
  }
}
