import type { Clock } from "../../clock.js";
import { HoldfastError } from "../../errors.js";
import type {
  AppendHint,
  OpenStore,
  StoreChange,
  StoredEntity,
  StoreSurroundings,
} from "../../system/durable/store.js";
import { checkBatch } from "../check-batch.js";
import type { Disk, DiskLock } from "../disk/disk.js";
import { storeFailed } from "../disk/store-failed.js";
import type { EntityTable } from "../entity-table.js";
import { encodeBatch } from "./batch-codec.js";
import { type FilePiece, pieceOf } from "./file-piece.js";
import type { FilesSettings } from "./files-options.js";
import type { Journals } from "./journals.js";
import { Outage } from "./outage.js";
import { readPieces } from "./read-pieces.js";
import { LARGEST_PAYLOAD } from "./record.js";
import type { Recovered } from "./recover.js";
import { Retry } from "./retry.js";
import { groupOf } from "./rules.js";
import { type Waiting, WaitingBatches } from "./waiting-batches.js";

/**
 * A store in files, open. One loop writes; everybody else waits for it.
 *
 *   append ─▸ waiting ─▸ [ group ─▸ append ─▸ sync ] ─▸ table ─▸ resolve          one group at a time; what comes meanwhile
 *                                 │                                             is the next one
 *                                 └─ fails ─▸ cut back to what is durable ─▸ reject it and all that wait, tell, try again later
 *
 *   between two groups: a full journal is followed by a new one; a checkpoint begins, and goes on beside the loop
 */
export class FilesStore implements OpenStore {
  readonly about: string;
  readonly #disk: Disk;
  readonly #settings: FilesSettings;
  readonly #lock: DiskLock;
  readonly #table: EntityTable<FilePiece>;
  readonly #journals: Journals;
  readonly #retry: Retry;
  readonly #checkpoints: Outage;
  readonly #waiting = new WaitingBatches();
  readonly #reads = new Set<Promise<unknown>>();
  readonly #clock: Clock;
  /** Ends the wait for more. */
  #hurry: () => void = () => {};
  #nextBatch: number;
  #lookedAt: number;
  #writing: Promise<void> | undefined;
  #checkpoint: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(
    disk: Disk,
    settings: FilesSettings,
    around: StoreSurroundings,
    lock: DiskLock,
    recovered: Recovered,
    journals: Journals,
  ) {
    this.about = `files in ${disk.about}`;
    this.#disk = disk;
    this.#settings = settings;
    this.#lock = lock;
    this.#table = recovered.table;
    this.#nextBatch = recovered.nextBatch;
    this.#journals = journals;
    this.#clock = around.clock;
    this.#lookedAt = around.clock.now();
    this.#checkpoints = new Outage(around);
    this.#retry = new Retry(around, async () => {
      await this.#journals.replace(this.#nextBatch);
    });
  }

  get failure(): HoldfastError | undefined {
    return this.#retry.failure;
  }

  ids(): Iterable<string> {
    return this.#table.ids();
  }

  async read(id: string): Promise<StoredEntity | undefined> {
    const entity = this.#table.get(id);
    if (!entity) return undefined;
    const bases = entity.bases.length;
    const reading = readPieces(this.#disk, [...entity.bases, ...entity.tail]);
    this.#reads.add(reading);
    try {
      const pieces = await reading;
      return { bases: pieces.slice(0, bases), tail: pieces.slice(bases) };
    } catch (error) {
      throw storeFailed(this.#disk.about, `read what is stored of "${id}"`, error);
    } finally {
      this.#reads.delete(reading);
    }
  }

  append(batch: readonly StoreChange[], how?: AppendHint): Promise<void> {
    try {
      if (this.#closed) throw new HoldfastError("StoreFailed", `${this.about}: it is closed, nothing can be appended`);
      if (this.failure) throw this.failure;
      checkBatch(batch);
      const encoded = encodeBatch(batch);
      const { length } = encoded.payload;
      if (length > LARGEST_PAYLOAD) {
        throw new HoldfastError("InvalidValue", `a batch has ${length} bytes: at most ${LARGEST_PAYLOAD} are stored`);
      }
      const durable = this.#waiting.put(encoded, how?.more === true && this.#settings.sync === "group");
      if (!this.#waiting.patient) this.#hurry();
      this.#writing ??= this.#write();
      return durable;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#hurry();
    await this.#writing;
    await this.#retry.stop();
    await this.#checkpoint;
    try {
      await this.#journals.close(this.#nextBatch, this.failure === undefined);
    } catch (error) {
      throw storeFailed(this.#disk.about, "sync its journal", error);
    } finally {
      await Promise.allSettled(this.#reads);
      await this.#lock.release();
    }
  }

  async #write(): Promise<void> {
    // What is appended in this turn goes together.
    await undefined;
    while (this.#waiting.size > 0) {
      if (this.#waiting.patient && this.#closed === undefined) await this.#patience();
      try {
        await this.#writeGroup();
        await this.#betweenGroups();
      } catch (error) {
        await this.#fail(error);
      }
    }
    this.#writing = undefined;
  }

  /** A sync takes the disk, and a processor, from whoever is about to append: where that is known, theirs goes with it. */
  #patience(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(PATIENCE_MS, () => this.#hurry());
      this.#hurry = () => {
        this.#hurry = () => {};
        timer.cancel();
        resolve();
      };
    });
  }

  async #writeGroup(): Promise<void> {
    const { sync } = this.#settings;
    const group = this.#waiting.first((sizes) => groupOf(sizes, sync));
    const payloads = group.map(({ encoded }) => encoded.payload);
    await this.#look();
    const places = await this.#journals.write(payloads, this.#nextBatch, sync !== "lost-at-power-cut");
    this.#nextBatch += group.length;
    this.#waiting.drop(group.length);
    for (const [index, { encoded, resolve }] of group.entries()) {
      for (const change of encoded.changes) this.#table.apply(change, pieceOf(change, places[index]!));
      resolve();
    }
    this.#retry.worked();
  }

  /** A file that was removed takes what is written to it as if nothing were: what has no name is not durable. */
  async #look(): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    await this.#journals.look();
  }

  async #betweenGroups(): Promise<void> {
    const isDue = !this.#checkpoint && this.#journals.isCheckpointDue(this.#table.bytes);
    if (isDue || this.#journals.isFull) await this.#journals.next(this.#nextBatch);
    if (!isDue) return;
    const picture = this.#table.picture();
    const isCancelled = () => this.#closed !== undefined;
    this.#checkpoint = this.#makeCheckpoint({ picture, firstBatch: this.#nextBatch, isCancelled });
  }

  async #makeCheckpoint(order: Parameters<Journals["checkpoint"]>[0]): Promise<void> {
    try {
      const made = await this.#journals.checkpoint(order, () => Promise.allSettled(this.#reads));
      if (made) this.#checkpoints.worked();
    } catch (error) {
      this.#checkpoints.failed(
        storeFailed(this.#disk.about, "make a checkpoint; changes are stored all the same", error),
      );
    } finally {
      this.#checkpoint = undefined;
    }
  }

  /** What was written and what waits was never stored; whoever appends next is told at once, until it works again. */
  async #fail(error: unknown): Promise<void> {
    const failure = appendFailed(this.#disk.about, error);
    await this.#journals.cut();
    const lost: readonly Waiting[] = this.#waiting.drop(this.#waiting.size);
    this.#retry.failed(failure);
    for (const { reject } of lost) reject(failure);
  }
}

/** A change that others are said to follow waits so long for them at most: little beside what runs meanwhile. */
const PATIENCE_MS = 2;

/** How often it is looked whether the journal is still where it was: seldom beside syncs, soon for people. */
const LOOK_EVERY_MS = 1000;

/** Of whatever kind it is, a missing key for instance, the system has to know it as a change that was not stored. */
function appendFailed(folder: string, error: unknown): HoldfastError {
  const failure = storeFailed(folder, "append to its journal", error);
  if (failure.code === "StoreFailed") return failure;
  const { message, details } = failure;
  return new HoldfastError("StoreFailed", `${folder}: cannot append to its journal: ${message}`, {
    cause: error,
    details,
  });
}
