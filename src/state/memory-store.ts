import { HoldfastError } from "../errors.js";
import type { OpenStore, Store, StoreChange, StoredEntity, StoredPiece } from "../system/durable/store.js";
import { checkBatch } from "./check-batch.js";
import { EntityTable } from "./entity-table.js";

interface Kept extends StoredPiece {
  readonly length: number;
}

/**
 * A store in this process's memory, for tests and for state that need not outlive the program: it survives whatever happens
 * to actors, their threads and processes, and a system that is stopped and started again with the same `memory()`.
 */
export function memory(): Store {
  const table = new EntityTable<Kept>();
  let open = false;
  return {
    kind: "store",
    about: "memory",
    async open() {
      if (open) {
        throw new HoldfastError("StoreInUse", "this memory() is open in another system: give each one its own", {
          details: { pid: process.pid },
        });
      }
      open = true;
      return new MemoryStore(table, () => {
        open = false;
      });
    },
  };
}

class MemoryStore implements OpenStore {
  readonly about = "memory";
  readonly failure = undefined;
  readonly #table: EntityTable<Kept>;
  readonly #release: () => void;
  #closed = false;

  constructor(table: EntityTable<Kept>, release: () => void) {
    this.#table = table;
    this.#release = release;
  }

  ids(): Iterable<string> {
    return this.#table.ids();
  }

  async read(id: string): Promise<StoredEntity | undefined> {
    const entity = this.#table.get(id);
    return entity && { bases: entity.bases.map(copyOf), tail: entity.tail.map(copyOf) };
  }

  async append(batch: readonly StoreChange[]): Promise<void> {
    if (this.#closed) throw new HoldfastError("StoreFailed", "the store in memory is closed: nothing can be appended");
    checkBatch(batch);
    for (const change of batch) this.#table.apply(change, kept(change));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
  }
}

function kept(change: StoreChange): Kept | undefined {
  if (change.kind !== "base" && change.kind !== "tail") return undefined;
  return { seq: change.seq, data: change.data, length: change.data.length };
}

/** Whoever reads may change what it got. (A Buffer's own slice() is no copy.) */
function copyOf({ seq, data }: Kept): StoredPiece {
  return { seq, data: new Uint8Array(data) };
}
