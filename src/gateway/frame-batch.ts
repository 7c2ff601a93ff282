import { writeResult } from "../protocol/write-result.js";

/** Frames up to this many bytes are gathered: they are copied once more, which costs less than a write for each. */
export const GATHERED_BYTES = 16 * 1024;
/** What is gathered goes out at this many bytes, also within a turn. */
const FULL_BYTES = 64 * 1024;

/** What a turn's answers on one connection mostly fit into, */
const CHUNK_BYTES = 4096;
/** and so many of them are kept for whoever gathers next. */
const KEPT_CHUNKS = 256;
/** A chunk with less room than this is left before a result is written to it. */
const LEAST_ROOM = 512;
/** Of the longest head that is written here. */
const HEAD_BYTES = 4;

const kept: Buffer[] = [];

/**
 * Small WebSocket frames that leave in one piece, each whole and unmasked (RFC 6455, section 5.2).
 *
 *   ┌ 82 len ┬ payload ┬ 81 7e len len ┬ payload ┬ …      one write to the socket: 82 is binary, 81 text
 */
export class FrameBatch {
  readonly #write: (bytes: Uint8Array) => boolean;
  #chunk: Buffer | undefined;
  #at = 0;
  /** A result is being written to the chunk, behind what is gathered. */
  #writing = false;

  /** @param write returns whether it needs them no longer: the network has taken all, or none is to be sent */
  constructor(write: (bytes: Uint8Array) => boolean) {
    this.#write = write;
  }

  /** Gathered and not yet written. */
  get bytes(): number {
    return this.#at;
  }

  /** @param payload of at most GATHERED_BYTES */
  add(payload: Uint8Array, text: boolean): void {
    const { length } = payload;
    const chunk = this.#room(length + HEAD_BYTES);
    const start = this.#head(chunk, length, text);
    chunk.set(payload, start);
    this.#added(start + length);
  }

  /**
   * Writes a result as it goes out, if it is small and plain.
   * @param most bytes
   * @returns false: it was not added, and has to be encoded
   */
  addResult(id: number, value: unknown, most: number): boolean {
    const chunk = this.#room(LEAST_ROOM);
    const from = this.#at + 2;
    this.#writing = true;
    let end: number;
    try {
      end = writeResult(chunk, from, id, value);
    } finally {
      this.#writing = false;
    }
    const length = end - from;
    // A getter of the value has sent something meanwhile: that went elsewhere.
    if (this.#chunk !== chunk) return false;
    if (end < 0 || length > most || length > GATHERED_BYTES || end + 2 > chunk.length) return false;
    if (length >= 126) chunk.copyWithin(from + 2, from, end);
    this.#added(this.#head(chunk, length, false) + length);
    return true;
  }

  flush(): void {
    const chunk = this.#chunk;
    if (chunk === undefined) return;
    const bytes = this.#at;
    this.#chunk = undefined;
    this.#at = 0;
    // Nothing was written to it where a result was not as small as hoped.
    const free = bytes === 0 || this.#write(chunk.subarray(0, bytes));
    if (free && !this.#writing) keep(chunk);
  }

  /** @returns where so many bytes have room from #at on */
  #room(bytes: number): Buffer {
    if (this.#chunk !== undefined && this.#at + bytes > FULL_BYTES) this.flush();
    const before = this.#chunk;
    const needed = this.#at + bytes;
    if (before !== undefined && needed <= before.length && !this.#writing) return before;
    const chunk = needed <= CHUNK_BYTES ? (kept.pop() ?? fresh(CHUNK_BYTES)) : fresh(grown(needed));
    if (before !== undefined) {
      before.copy(chunk, 0, 0, this.#at);
      if (!this.#writing) keep(before);
    }
    this.#chunk = chunk;
    return chunk;
  }

  /** @returns where the payload is to be */
  #head(chunk: Buffer, length: number, text: boolean): number {
    let at = this.#at;
    chunk[at++] = text ? 0x81 : 0x82;
    if (length < 126) chunk[at++] = length;
    else {
      chunk[at++] = 126;
      chunk[at++] = length >> 8;
      chunk[at++] = length & 0xff;
    }
    return at;
  }

  #added(end: number): void {
    this.#at = end;
    if (end >= FULL_BYTES) this.flush();
  }
}

/** Nothing else lies in its memory. */
function fresh(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(bytes);
}

/** The next power of two, so that a batch that grows is copied few times. */
function grown(needed: number): number {
  return Math.min(FULL_BYTES, 2 ** Math.ceil(Math.log2(needed)));
}

function keep(chunk: Buffer): void {
  if (chunk.length === CHUNK_BYTES && kept.length < KEPT_CHUNKS) kept.push(chunk);
}
