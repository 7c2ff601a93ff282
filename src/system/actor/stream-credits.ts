import { StreamCredit } from "../cell/stream-credit.js";

/** The credit of an actor's messages that stream, by sequence number; most actors have none. */
export class StreamCredits {
  #all: Map<number, StreamCredit> | undefined;

  begin(seq: number): void {
    this.#all ??= new Map();
    this.#all.set(seq, new StreamCredit());
  }

  /** Undefined: it does not stream. */
  of(seq: number): StreamCredit | undefined {
    return this.#all?.get(seq);
  }

  ended(seq: number): void {
    this.#all?.delete(seq);
  }

  forget(): void {
    this.#all = undefined;
  }
}
