import { Batch } from "./batch.js";
import type { Link, LinkEnds } from "./link.js";

/** A line over the port alone: the frames of one turn in one message. For where no memory can be shared. */
export class PortLink<Out, In> implements Link<Out> {
  readonly #ends: LinkEnds<Out, In>;
  readonly #batch: Batch<Out>;

  constructor(ends: LinkEnds<Out, In>) {
    this.#ends = ends;
    this.#batch = new Batch((frames) => ends.port.post(frames), ends.unsent);
  }

  send(frame: Out): void {
    this.#batch.push(frame);
  }

  flush(): void {
    this.#batch.flush();
  }

  heard(message: unknown): void {
    this.#ends.onTurn?.();
    for (const frame of message as In[]) this.#ends.onFrame(this.#ends.open(frame));
  }

  /** What is there comes by itself. */
  hear(): void {}

  last(): void {
    for (let late = this.#ends.port.take(); late; late = this.#ends.port.take()) this.heard(late.message);
  }

  close(): void {}
}
