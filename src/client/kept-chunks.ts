/** One chunk and who waits for its result. */
export interface Chunk {
  readonly seq: number;
  readonly args: unknown[];
  readonly bytes: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** "until-safe": a chunk is forgotten once its effects outlive a crash. "all": the whole stream can be replayed. */
export type Keep = "until-safe" | "all";

/**
 * The chunks that a client could be asked for again: pure bookkeeping.
 *
 *   0 … safe | safe+1 … sent | … pushed
 *   forgotten  kept until safe  kept, waiting for credit
 *   (with "all" nothing is forgotten, up to `allBytes`; beyond, the stream goes on as "until-safe")
 */
export class KeptChunks {
  readonly #chunks = new Map<number, Chunk>();
  readonly #allBytes: number;
  #keep: Keep;
  #pushed = 0;
  #safe = -1;
  #bytes = 0;
  /** Bytes of those that must be kept: not safe yet. */
  #owed = 0;

  constructor(keep: Keep, allBytes: number) {
    this.#keep = keep;
    this.#allBytes = allBytes;
  }

  /** How many chunks the stream has had; the seq of the next one. */
  get pushed(): number {
    return this.#pushed;
  }

  get owedBytes(): number {
    return this.#owed;
  }

  /** Everything from the first chunk on is here. */
  get replayable(): boolean {
    return this.#chunks.size === this.#pushed;
  }

  push(chunk: Chunk): void {
    this.#chunks.set(chunk.seq, chunk);
    this.#pushed = chunk.seq + 1;
    this.#bytes += chunk.bytes;
    this.#owed += chunk.bytes;
    this.#shrink();
  }

  get(seq: number): Chunk | undefined {
    return this.#chunks.get(seq);
  }

  safe(seq: number): void {
    for (; this.#safe < seq && this.#safe + 1 < this.#pushed; ) {
      this.#safe += 1;
      this.#owed -= this.#chunks.get(this.#safe)?.bytes ?? 0;
      if (this.#keep === "until-safe") this.#forget(this.#safe);
    }
    this.#shrink();
  }

  /** A new server knows nothing: everything is owed again. */
  replay(): void {
    this.#safe = -1;
    this.#owed = this.#bytes;
  }

  #shrink(): void {
    if (this.#keep === "until-safe" || this.#bytes <= this.#allBytes) return;
    this.#keep = "until-safe";
    for (let seq = 0; seq <= this.#safe; seq++) this.#forget(seq);
  }

  #forget(seq: number): void {
    this.#bytes -= this.#chunks.get(seq)?.bytes ?? 0;
    this.#chunks.delete(seq);
  }
}
