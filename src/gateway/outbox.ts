import { Socket } from "node:net";
import type { WebSocket } from "ws";
import { HoldfastError } from "../errors.js";
import type { ErrorFrame, ServerFrame } from "../protocol/frames.js";
import type { Format } from "../protocol/values.js";
import { releaseAll } from "../transport/lease.js";
import { type Encoded, encoded } from "./encoded.js";
import { FrameBatch, GATHERED_BYTES } from "./frame-batch.js";

/** Bytes unsent at which a connection is no longer read: who does not take answers asks no more questions. */
const SOFT_LIMIT = 8 * 1024 * 1024;

/** Bytes unsent at which nothing is pushed any more: a hundred pages that nobody reads may hold as much each. */
export const PUSHED_LIMIT = 1024 * 1024;

/** Of an error that does not fit a frame, characters. */
const SHORT_MESSAGE = 200;

export interface OutboxRules {
  /** Bytes of the largest frame. */
  readonly maxPayload: number;
  /** Bytes unsent at which the connection is given up. */
  readonly hardLimit: number;
  readonly onOverflow: () => void;
}

/**
 * What goes out on one socket.
 *
 *   send ─▶ encode ─▶ gathered to the end of the turn: many small frames, one write (three times the throughput)
 *                        │ large ones go at once, behind what was gathered
 *                        │ more than 8 MiB unsent: stop reading this socket, hold parts back
 *                        │ more than the hard limit: give the connection up
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #raw: Socket;
  readonly #rules: OutboxRules;
  readonly #gathered = new FrameBatch((bytes) => this.#write(bytes));
  readonly #flushed = () => {
    this.#scheduled = false;
    this.flush();
  };
  #scheduled = false;
  #congested = false;
  #waiting: (() => void)[] = [];

  constructor(socket: WebSocket, raw: Socket, rules: OutboxRules) {
    this.#socket = socket;
    this.#raw = raw;
    this.#rules = rules;
    raw.on("drain", () => this.#drained());
  }

  /** The reader is behind: parts should wait for `room()`. */
  get congested(): boolean {
    return this.#congested;
  }

  /** What nobody asked for is skipped: the reader is behind, or on its way there. */
  get slow(): boolean {
    return this.#congested || this.unsent > PUSHED_LIMIT;
  }

  /** Bytes accepted here and not yet taken by the network. */
  get unsent(): number {
    return this.#socket.bufferedAmount + this.#gathered.bytes;
  }

  /**
   * Queues a frame. After the socket has closed it does nothing: who asked is gone. Leased tensors in it are released when
   * its bytes are with the network, or when it will never be sent.
   * @param encode `encodedOnce` for a frame that goes to many
   * @throws HoldfastError InvalidValue or PayloadTooLarge for a value that cannot be sent
   */
  send(frame: ServerFrame, format: Format, encode = encoded): void {
    let sent = false;
    try {
      if (this.#socket.readyState !== this.#socket.OPEN) return;
      if (this.#quick(frame, format)) {
        sent = true;
        this.#watch();
        return;
      }
      const { parts, bytes, leased } = frame.type === "error" ? this.#error(frame, format) : encode(frame, format);
      if (bytes > this.#rules.maxPayload) {
        const message = `the ${frame.type} is ${bytes} bytes, the limit is ${this.#rules.maxPayload}: send less, or in parts`;
        throw new HoldfastError("PayloadTooLarge", message, { details: { bytes, limit: this.#rules.maxPayload } });
      }
      const release = leased.length > 0 ? () => releaseAll(leased) : undefined;
      if (bytes <= GATHERED_BYTES && !release) this.#gather(parts[0]!, format);
      else if (parts.length === 1) this.#whole(parts[0]!, format, release);
      else this.#inParts(parts, bytes, release);
      sent = true;
      this.#watch();
    } finally {
      if (!sent && "value" in frame) releaseAll(frame.value);
    }
  }

  /** Most answers: written where they go out from. */
  #quick(frame: ServerFrame, format: Format): boolean {
    if (frame.type !== "result" || format !== "binary" || frame.seq !== undefined) return false;
    if (!this.#gathered.addResult(frame.id, frame.value, this.#rules.maxPayload)) return false;
    this.#schedule();
    return true;
  }

  /** An error always fits: without its details, and with the beginning of its words, where it would not. */
  #error(frame: ErrorFrame, format: Format): Encoded {
    try {
      const whole = encoded(frame, format);
      if (whole.bytes <= this.#rules.maxPayload) return whole;
    } catch {
      // Its details cannot be sent.
    }
    const { details: _, message, ...rest } = frame.error;
    return encoded({ ...frame, error: { ...rest, message: message.slice(0, SHORT_MESSAGE) } }, format);
  }

  /** What was sent leaves now: before a frame that does not go through here, such as a close. */
  flush(): void {
    this.#gathered.flush();
  }

  /**
   * Nothing follows a close frame, which ws may have sent by itself.
   * @returns whether the bytes are needed no longer: a socket of Node's own has copied what it does not still hold
   */
  #write(bytes: Uint8Array): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return true;
    this.#raw.write(bytes);
    return this.#raw instanceof Socket && this.#raw.writableLength === 0;
  }

  #whole(bytes: Uint8Array, format: Format, release: (() => void) | undefined): void {
    this.flush();
    this.#socket.send(bytes, { binary: format === "binary", compress: false }, release);
  }

  /** One WebSocket frame, FIN and binary, whose bytes are written as they lie in memory: ws would want them in one piece. */
  #inParts(parts: readonly Uint8Array[], bytes: number, release: (() => void) | undefined): void {
    this.flush();
    this.#raw.write(frameHeader(bytes));
    const last = parts.length - 1;
    for (const [i, part] of parts.entries()) this.#raw.write(part, i === last ? release : undefined);
  }

  /** Resolves when the reader has caught up; at once when it is not behind. */
  room(): Promise<void> {
    if (!this.#congested) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The socket has closed: nobody waits for it any longer. */
  closed(): void {
    this.#congested = false;
    this.#release();
  }

  #gather(bytes: Uint8Array, format: Format): void {
    this.#schedule();
    this.#gathered.add(bytes, format === "text");
  }

  /** What is gathered leaves at the end of the turn. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Next ticks run after the microtasks in which answers settle, and before the next I/O.
    process.nextTick(this.#flushed);
  }

  #watch(): void {
    const { unsent } = this;
    if (unsent > this.#rules.hardLimit) {
      this.#rules.onOverflow();
    } else if (unsent > SOFT_LIMIT && !this.#congested) {
      this.#congested = true;
      this.#socket.pause();
    }
  }

  #drained(): void {
    if (!this.#congested) return;
    this.#congested = false;
    this.#socket.resume();
    this.#release();
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Of a binary frame that is whole and unmasked (RFC 6455, section 5.2). @param bytes 65,536 and more */
function frameHeader(bytes: number): Buffer {
  const header = Buffer.alloc(10);
  header[0] = 0x82;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(bytes), 2);
  return header;
}
