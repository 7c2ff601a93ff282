import {
  HoldfastError,
  type OpenStore,
  type Store,
  type StoreChange,
  type StoredEntity,
  type StoreSurroundings,
} from "holdfast";

interface Entry {
  bases: { seq: number; data: Uint8Array }[];
  tail: { seq: number; data: Uint8Array }[];
}

interface Append {
  readonly batch: readonly StoreChange[];
  resolve(): void;
  reject(error: Error): void;
}

/**
 * A store whose disk the test holds: what is appended is durable when the test says so, in order, or is not. It outlives the
 * systems that open it.
 */
export class Paper implements Store {
  readonly kind = "store";
  /** Batches that became durable. */
  readonly batches: (readonly StoreChange[])[] = [];
  opened = 0;
  /** Times that an entity was read. */
  reads = 0;
  closed = 0;
  /** Nothing becomes durable by itself. */
  held = false;
  /** Nothing can be appended. */
  failure: HoldfastError | undefined;
  readonly #entities = new Map<string, Entry>();
  #around: StoreSurroundings | undefined;
  #waiting: Append[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Everything that waits, or the first so many, becomes durable. */
  write(most = this.#waiting.length): void {
    for (const { batch, resolve } of this.#waiting.splice(0, most)) {
      this.#apply(batch);
      resolve();
    }
  }

  /** Everything that waits is lost, and never will be durable. */
  lose(why = "the disk is full"): void {
    this.#reject(this.#waiting.splice(0), why);
  }

  /** The newest that waits is refused for itself, and what waits before it still does. */
  refuse(why = "a batch of more bytes than there may be"): void {
    this.#reject(this.#waiting.splice(-1), why);
  }

  #reject(all: readonly Append[], why: string): void {
    for (const { reject } of all) reject(new HoldfastError("StoreFailed", why));
  }

  /** As it would be found if the process ended now: what waits is not there. */
  copy(): Paper {
    const copy = new Paper();
    for (const [id, { bases, tail }] of this.#entities) copy.#entities.set(id, { bases: [...bases], tail: [...tail] });
    return copy;
  }

  /** What is durable of one actor, by the names of its pieces: "base 3, tail 4". */
  pieces(id: string): string {
    const { bases, tail } = this.#entities.get(id) ?? { bases: [], tail: [] };
    return [...bases.map(({ seq }) => `base ${seq}`), ...tail.map(({ seq }) => `tail ${seq}`)].join(", ");
  }

  /** How many pieces of its tail one has. */
  tails(id: string): number {
    return this.#entities.get(id)?.tail.length ?? 0;
  }

  ids(): Iterable<string> {
    return this.#entities.keys();
  }

  /** Actors of which mail is durable. */
  mails(): string[] {
    return [...this.#entities.keys()].filter((id) => /(^|[^!])(!!)*!mail$/.test(id));
  }

  /** What is durable of one piece of a tail is not what was written. */
  spoil(id: string, seq: number): void {
    const { tail } = this.#entities.get(id)!;
    const at = tail.findIndex((piece) => piece.seq === seq);
    tail[at] = { seq, data: tail[at]!.data.slice(0, 2) };
  }

  /** Nothing can be appended from here on. */
  fails(why = "the disk is full"): void {
    this.failure = new HoldfastError("StoreFailed", why);
    this.#around!.tell({ kind: "store-failed", error: this.failure });
  }

  recovers(): void {
    this.failure = undefined;
    this.#around!.tell({ kind: "store-recovered", afterMs: 1 });
  }

  async open(around: StoreSurroundings): Promise<OpenStore> {
    this.opened++;
    this.#around = around;
    const paper = this;
    return {
      about: "paper",
      ids: () => [...this.#entities.keys()],
      read: async (id) => this.#read(id),
      append: (batch) => this.#append(batch),
      get failure() {
        return paper.failure;
      },
      close: async () => {
        this.write();
        this.closed++;
      },
    };
  }

  #read(id: string): StoredEntity | undefined {
    this.reads++;
    const entry = this.#entities.get(id);
    return entry && { bases: [...entry.bases], tail: [...entry.tail] };
  }

  #append(batch: readonly StoreChange[]): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      if (!this.held) queueMicrotask(() => !this.held && this.write());
    });
  }

  #apply(batch: readonly StoreChange[]): void {
    this.batches.push(batch);
    for (const change of batch) {
      const entry = this.#entities.get(change.id) ?? { bases: [], tail: [] };
      this.#entities.set(change.id, entry);
      switch (change.kind) {
        case "base":
          entry.bases = [change, ...entry.bases.filter(({ seq }) => seq < change.seq).slice(0, 1)];
          entry.tail = entry.tail.filter(({ seq }) => seq > (entry.bases[1]?.seq ?? -1));
          break;
        case "tail":
          // One that is there is told anew.
          entry.tail = entry.tail.filter(({ seq }) => seq !== change.seq);
          entry.tail.push({ seq: change.seq, data: change.data });
          entry.tail.sort((one, other) => one.seq - other.seq);
          break;
        case "drop":
          entry.tail = entry.tail.filter(({ seq }) => seq !== change.seq);
          if (entry.tail.length + entry.bases.length === 0) this.#entities.delete(change.id);
          break;
        case "forget":
          this.#entities.delete(change.id);
          break;
      }
    }
  }
}
