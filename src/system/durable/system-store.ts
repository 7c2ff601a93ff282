import type { Clock } from "../../clock.js";
import { HoldfastError, toError } from "../../errors.js";
import type { EventFan, StoreEvent } from "../events.js";
import { fromBytes, toBytes } from "./bytes.js";
import { type DurableActor, DurableState } from "./durable-state.js";
import type { OpenStore, Store, StoreChange, StoredEntity, StoreNews } from "./store.js";

/** What hears of each change of an entity once that is durable, in order. */
export type Follower = (change: StoreChange) => void;

/** Where the number of starts is kept. */
const STARTS = "!starts";

/** Sequence numbers that one start of the process may give to the messages of one actor. */
const NUMBERS_PER_START = 1_000_000_000;

/**
 * The store of one system while it runs. All its actors append here, so that many share one sync of the disk.
 *
 *   open ─▶ count this start ─▶ read, append, … ─▶ close: what was appended is durable
 */
export class SystemStore {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #events: EventFan;
  readonly #followers = new Map<string, Set<Follower>>();
  #opening: Promise<OpenStore> | undefined;
  #open: OpenStore | undefined;
  /** The append that was made last. */
  #latest: Promise<unknown> = Promise.resolve();
  #start = 0;

  constructor(store: Store, clock: Clock, events: EventFan) {
    this.#store = store;
    this.#clock = clock;
    this.#events = events;
  }

  /** For people. */
  get about(): string {
    return this.#open?.about ?? "a store that is not open";
  }

  /** Why nothing can be stored now. */
  get failure(): HoldfastError | undefined {
    return this.#open?.failure;
  }

  /** Messages are numbered from the next one on: no number that was given before this start is given again. */
  get numbersFrom(): number {
    return this.#start * NUMBERS_PER_START;
  }

  /** @throws HoldfastError StoreInUse, StoreDamaged, StoreFailed */
  async open(): Promise<void> {
    this.#opening = this.#store.open({ clock: this.#clock, tell: (news) => this.#tell(news) });
    this.#open = await this.#opening;
    const before = (await this.#open.read(STARTS))?.bases[0];
    const start = before ? fromBytes(before.data) : 0;
    if (typeof start !== "number") {
      throw new HoldfastError("StoreDamaged", `${this.about} does not say how often it was opened: restore a backup`);
    }
    this.#start = start + 1;
    await this.append([{ kind: "base", id: STARTS, seq: (before?.seq ?? 0) + 1, data: toBytes(this.#start) }]);
  }

  /** What is stored of one actor, from its side. */
  stateOf(id: string, to: DurableActor): DurableState {
    return new DurableState(this, id, to);
  }

  /** See OpenStore.append. */
  append(batch: readonly StoreChange[]): Promise<void> {
    const open = this.#open;
    if (!open) return Promise.reject(new HoldfastError("StoreFailed", "the store is not open"));
    let stored: Promise<void>;
    try {
      stored = open.append(batch);
    } catch (error) {
      stored = Promise.reject(toError(error));
    }
    if (this.#followers.size > 0) stored = stored.then(() => this.#tellFollowers(batch));
    this.#latest = stored;
    return stored;
  }

  /** What is durable of an entity once everything that was appended before this is. @throws HoldfastError StoreDamaged, StoreFailed */
  async read(id: string): Promise<StoredEntity | undefined> {
    await this.#latest.catch(() => {});
    if (!this.#open) throw new HoldfastError("StoreFailed", "the store is not open");
    return this.#open.read(id);
  }

  /** Anything is stored of an entity, or of its mail. @throws HoldfastError StoreDamaged, StoreFailed */
  async knows(id: string): Promise<boolean> {
    const known = (await this.read(id)) ?? (await this.read(`${id}!mail`));
    return known !== undefined && known.bases.length + known.tail.length > 0;
  }

  /** Nothing is stored of an entity, nor of its mail, once this resolves. @throws HoldfastError StoreFailed */
  forget(id: string): Promise<void> {
    return this.append([
      { kind: "forget", id },
      { kind: "forget", id: `${id}!mail` },
    ]);
  }

  /** Every entity of which anything is stored, but for the system's own. */
  *ids(): Iterable<string> {
    for (const id of this.#open?.ids() ?? []) if (!id.startsWith("!")) yield id;
  }

  /** Hears of each change of one entity from now on, once it is durable. @returns ends that */
  follow(id: string, follower: Follower): () => void {
    const all = this.#followers.get(id) ?? new Set();
    this.#followers.set(id, all.add(follower));
    return () => {
      all.delete(follower);
      if (all.size === 0 && this.#followers.get(id) === all) this.#followers.delete(id);
    };
  }

  /** What was appended is durable, or has failed, and the store is released. */
  async close(): Promise<void> {
    const open = await this.#opening?.catch(() => undefined);
    this.#opening = undefined;
    this.#open = undefined;
    await open?.close();
  }

  #tellFollowers(batch: readonly StoreChange[]): void {
    for (const change of batch) for (const follower of this.#followers.get(change.id) ?? []) follower(change);
  }

  #tell({ kind, ...what }: StoreNews): void {
    this.#events.emit({ ...what, type: kind, about: this.about } as StoreEvent);
  }
}
