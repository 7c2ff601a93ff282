import { HoldfastError } from "../errors.js";
import type { AckFrame, ChunkFrame, ClientEndFrame, OpenFrame, ServerFrame } from "../protocol/frames.js";
import type { Format } from "../protocol/values.js";
import { toWireError } from "../protocol/wire-error.js";
import type { Attachment, InputStream } from "./input-stream.js";
import type { Streams } from "./streams.js";

interface Held {
  readonly stream: InputStream;
  readonly attachment: Attachment;
}

/** The input streams of one connection, by the ids that they have there. */
export class HeldStreams {
  readonly #streams: Streams;
  readonly #sender: string;
  readonly #send: (frame: ServerFrame, format: Format) => void;
  readonly #held = new Map<number, Held>();

  constructor(streams: Streams, sender: string, send: (frame: ServerFrame, format: Format) => void) {
    this.#streams = streams;
    this.#sender = sender;
    this.#send = send;
  }

  has(id: number): boolean {
    return this.#find(id) !== undefined;
  }

  open(frame: OpenFrame, format: Format): void {
    const { id } = frame;
    const attachment: Attachment = { id, format, send: this.#send };
    try {
      const stream = this.#streams.open(frame, attachment, this.#sender);
      if (!stream.over) this.#held.set(id, { stream, attachment });
    } catch (error) {
      this.#send({ type: "error", id, error: toWireError(error) }, format);
    }
  }

  chunk(frame: ChunkFrame, format: Format, draining: boolean): void {
    const { id } = frame;
    try {
      const held = this.#find(id);
      if (!held) throw new HoldfastError("StreamLost", `no stream with id ${id} is open on this connection`);
      held.stream.chunk(frame, format, draining);
    } catch (error) {
      // It may resume and do better: the stream is let go, not ended.
      this.detach(id);
      this.#send({ type: "error", id, error: toWireError(error) }, format);
    }
  }

  ack({ id, seq }: AckFrame): void {
    this.#find(id)?.stream.ack(seq);
    // Over with its last one: then it is held no more.
    this.#find(id);
  }

  end({ id }: ClientEndFrame): void {
    this.#find(id)?.stream.end();
    this.#find(id);
  }

  detach(id: number): void {
    const held = this.#find(id);
    this.#held.delete(id);
    if (held) this.#streams.detach(held.stream);
  }

  cancel(id: number): void {
    const held = this.#find(id);
    this.#held.delete(id);
    if (!held) return;
    held.stream.cancel();
    const error = toWireError(new HoldfastError("Cancelled", "the stream was cancelled"));
    this.#send({ type: "error", id, error }, held.attachment.format);
  }

  /** The connection is gone: its streams wait for their next one. */
  close(): void {
    for (const id of [...this.#held.keys()]) this.detach(id);
  }

  /** A stream that is over, or that another connection has resumed, is no longer held here. */
  #find(id: number): Held | undefined {
    const held = this.#held.get(id);
    if (!held) return undefined;
    if (!held.stream.over && held.stream.attachedTo(held.attachment)) return held;
    this.#held.delete(id);
    return undefined;
  }
}
