import type { Timer } from "../../clock.js";
import { HoldfastError, messageOf } from "../../errors.js";
import type {
  OpenStore,
  StoreChange,
  StoredEntity,
  StoredPiece,
  StoreSurroundings,
} from "../../system/durable/store.js";
import { checkBatch } from "../check-batch.js";
import type { Database } from "./database.js";
import { idKey, keyRead, PROBE_KEY } from "./keys.js";
import { type EntityIndex, type Plan, planOf } from "./plan.js";
import type { Stored } from "./read-all.js";
import { sealed, unsealed } from "./sealed-piece.js";

/** How long after a failure the store looks whether the disk takes again: an operator who made room is not kept waiting. */
const RETRY_MS = 250;

interface Waiting {
  readonly batch: readonly StoreChange[];
  readonly resolve: () => void;
  readonly reject: (error: HoldfastError) => void;
}

/**
 * An lmdb database as a store.
 *
 *   append ─▶ queue ─▶ one transaction of all that waits ─▶ it is on the disk ─▶ every append of it resolves
 *                      (one at a time: what comes meanwhile goes with the next one)
 *
 * lmdb would run the next transaction though the one before failed. Here nothing overtakes: a failure ends all that waits.
 */
export class OpenLmdb implements OpenStore {
  readonly about: string;
  readonly #database: Database;
  readonly #around: StoreSurroundings;
  readonly #release: () => Promise<void>;
  readonly #index: Map<string, EntityIndex>;
  #nextNumber: number;
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #failure: HoldfastError | undefined;
  #retry: Timer | undefined;
  #closed: Promise<void> | undefined;

  constructor(
    database: Database,
    stored: Stored,
    around: StoreSurroundings,
    { about, release }: { about: string; release: () => Promise<void> },
  ) {
    this.about = about;
    this.#database = database;
    this.#around = around;
    this.#release = release;
    this.#index = stored.index;
    this.#nextNumber = stored.nextNumber;
  }

  get failure(): HoldfastError | undefined {
    return this.#failure;
  }

  ids(): Iterable<string> {
    return this.#index.keys();
  }

  async read(id: string): Promise<StoredEntity | undefined> {
    const entity = this.#index.get(id);
    if (entity === undefined) return undefined;
    const bases: StoredPiece[] = [];
    const tail: StoredPiece[] = [];
    // One pass is one view of the file, whatever is written meanwhile.
    for (const { key, value } of this.#database.getRange({ start: [entity.number], end: [entity.number + 1] })) {
      const read = keyRead(key);
      if (read?.of !== "piece") throw damaged(this.about, id, `the key ${JSON.stringify(key)}`);
      const [, kind, seq] = read.piece;
      const data = unsealed(read.piece, id, value);
      if (data === undefined)
        throw damaged(this.about, id, `${kind === "b" ? "the snapshot of" : "the piece at"} ${seq}`);
      if (kind === "b") bases.unshift({ seq, data });
      else tail.push({ seq, data });
    }
    return bases.length + tail.length === 0 ? undefined : { bases, tail };
  }

  append(batch: readonly StoreChange[]): Promise<void> {
    if (this.#closed) return Promise.reject(new HoldfastError("StoreFailed", `${this.about} is closed`));
    if (this.#failure) return Promise.reject(this.#failure);
    try {
      checkBatch(batch);
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ batch, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#retry?.cancel();
    await this.#writing;
    try {
      await this.#database.close();
    } finally {
      await this.#release();
    }
  }

  async #write(): Promise<void> {
    // The turn goes on first: what else is appended in it goes with the same transaction.
    await undefined;
    while (this.#queue.length > 0) {
      const group = this.#queue;
      this.#queue = [];
      try {
        const plan = planOf(
          this.#index,
          this.#nextNumber,
          group.map(({ batch }) => batch),
        );
        await this.#commit((put, remove) => written(plan, put, remove));
        this.#take(plan);
        for (const { resolve } of group) resolve();
      } catch (cause) {
        this.#fail(cause, group);
      }
    }
    this.#writing = undefined;
  }

  #take({ entities, nextNumber }: Plan): void {
    for (const [id, entity] of entities) {
      if (entity) this.#index.set(id, entity);
      else this.#index.delete(id);
    }
    this.#nextNumber = nextNumber;
  }

  async #commit(write: (put: Database["put"], remove: Database["remove"]) => void): Promise<void> {
    const database = this.#database;
    try {
      await database.batch(() => {
        // Each of them tells of the same end as the batch, which is heard below.
        write(
          (key, value) => quiet(database.put(key, value)),
          (key) => quiet(database.remove(key)),
        );
      });
    } catch (error) {
      throw await causeOf(error);
    }
  }

  #fail(cause: unknown, group: readonly Waiting[]): void {
    const why = messageOf(cause);
    const failure = new HoldfastError("StoreFailed", `${this.about} cannot be written: ${why}`, { cause });
    this.#failure = failure;
    const after = this.#queue;
    this.#queue = [];
    for (const { reject } of [...group, ...after]) reject(failure);
    this.#around.tell({ kind: "store-failed", error: failure });
    this.#tryAgain(this.#around.clock.now());
  }

  #tryAgain(failedAt: number): void {
    const { clock } = this.#around;
    this.#retry = clock.after(
      RETRY_MS,
      () => {
        if (this.#closed) return;
        const probing = this.#probe(failedAt).finally(() => {
          if (this.#writing === probing) this.#writing = undefined;
        });
        this.#writing = probing;
      },
      { background: true },
    );
  }

  async #probe(failedAt: number): Promise<void> {
    const { clock, tell } = this.#around;
    try {
      await this.#commit((put) => put(PROBE_KEY, Buffer.alloc(PROBE_BYTES)));
    } catch {
      this.#tryAgain(failedAt);
      return;
    }
    // Whoever hears of it may append at once.
    this.#writing = undefined;
    this.#failure = undefined;
    tell({ kind: "store-recovered", afterMs: clock.now() - failedAt });
  }
}

/** More than what a small message takes: a disk with room for a few bytes would fail again at once. */
const PROBE_BYTES = 4096;

function written({ puts, removes, named, unnamed }: Plan, put: Database["put"], remove: Database["remove"]): void {
  for (const [number, id] of named) void put(idKey(number), Buffer.from(JSON.stringify(id)));
  for (const number of unnamed) void remove(idKey(number));
  for (const key of removes.values()) void remove(key);
  for (const { key, id, data } of puts.values()) void put(key, sealed(key, id, data));
}

function quiet(write: Promise<unknown>): Promise<unknown> {
  write.catch(() => {});
  return write;
}

/** lmdb says why in a promise beside the error. */
async function causeOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { commitError?: Promise<never> };
  return commitError === undefined ? error : commitError.catch((cause: unknown) => cause);
}

function damaged(about: string, id: string, what: string): HoldfastError {
  return new HoldfastError("StoreDamaged", `${about}: ${what} of ${id} is not what was stored: restore a backup`, {
    details: { id },
  });
}
