/** Cuts sound that comes in blocks of any size into chunks of one size. */
export class Chunker {
  readonly #size: number;
  #chunk: Float32Array<ArrayBuffer>;
  #filled = 0;

  constructor(size: number) {
    this.#size = size;
    this.#chunk = new Float32Array(size);
  }

  /** The chunks that this block completes; each is the caller's to keep. */
  take(block: Float32Array): Float32Array<ArrayBuffer>[] {
    const full: Float32Array<ArrayBuffer>[] = [];
    for (let at = 0; at < block.length; ) {
      const count = Math.min(block.length - at, this.#size - this.#filled);
      this.#chunk.set(block.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled < this.#size) break;
      full.push(this.#chunk);
      this.#chunk = new Float32Array(this.#size);
      this.#filled = 0;
    }
    return full;
  }

  /** What is left, filled up with silence; undefined when nothing is. */
  rest(): Float32Array<ArrayBuffer> | undefined {
    if (this.#filled === 0) return undefined;
    const rest = this.#chunk;
    this.#chunk = new Float32Array(this.#size);
    this.#filled = 0;
    return rest;
  }
}
