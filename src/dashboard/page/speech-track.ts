/** What an actor that listens says of one chunk: the part of it that the page draws. */
export interface HeardChunk {
  readonly seconds: number;
  readonly probability: number;
  readonly start?: number;
  readonly end?: number;
}

/** Speech from here to there; without an end while it lasts. */
export interface HeardSegment {
  readonly start: number;
  readonly end?: number;
}

/** Segments that are kept: a microphone may stay open for days. */
const keptSegments = 200;

/** What was heard of one stream: the latest probabilities, and the segments. */
export class SpeechTrack {
  readonly #keep: number;
  readonly #chunkSeconds: number;
  #probabilities: number[] = [];
  #heard = 0;
  #segments: HeardSegment[] = [];
  #count = 0;
  #speech = 0;

  /** @param keep how many probabilities are kept */
  constructor(keep: number, chunkSeconds: number) {
    this.#keep = keep;
    this.#chunkSeconds = chunkSeconds;
  }

  /** The latest probabilities, oldest first. */
  get probabilities(): readonly number[] {
    return this.#probabilities;
  }

  /** Where the first of them begins. */
  get from(): number {
    return (this.#heard - this.#probabilities.length) * this.#chunkSeconds;
  }

  /** How much was heard. */
  get seconds(): number {
    return this.#heard * this.#chunkSeconds;
  }

  get chunkSeconds(): number {
    return this.#chunkSeconds;
  }

  get latest(): number | undefined {
    return this.#probabilities.at(-1);
  }

  /** The latest segments; the last one may be open. */
  get segments(): readonly HeardSegment[] {
    return this.#segments;
  }

  /** Segments ever. */
  get count(): number {
    return this.#count;
  }

  /** Seconds of speech in closed segments. */
  get speech(): number {
    return this.#speech;
  }

  add({ probability, start, end }: HeardChunk): void {
    this.#heard += 1;
    this.#probabilities.push(probability);
    // In batches, because moving the whole list costs as much as its length.
    if (this.#probabilities.length > 2 * this.#keep) this.#probabilities = this.#probabilities.slice(-this.#keep);
    if (start !== undefined) this.#open(start);
    if (end !== undefined) this.close(end);
  }

  /** Ends the open segment, if there is one. */
  close(end: number): void {
    const open = this.#segments.at(-1);
    if (!open || open.end !== undefined) return;
    this.#segments[this.#segments.length - 1] = { start: open.start, end };
    this.#speech += end - open.start;
  }

  #open(start: number): void {
    this.#count += 1;
    this.#segments.push({ start });
    if (this.#segments.length > keptSegments) this.#segments.shift();
  }
}
