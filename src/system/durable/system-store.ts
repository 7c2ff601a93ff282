import type { Clock } from "../../clock.js";
import { HoldfastError, toError } from "../../errors.js";
import type { EventFan, StoreEvent } from "../events.js";
import { fromBytes, toBytes } from "./bytes.js";
import type { DurableActor } from "./durable-actor.js";
import type { Durability } from "./durable-options.js";
import { DurableState } from "./durable-state.js";
import { mailOf } from "./entity.js";
import type { AppendHint, OpenStore, Store, StoreChange, StoredEntity, StoreNews } from "./store.js";

/** Where it is kept how many blocks of sequence numbers were taken. */
const STARTS = "!starts";

/** Sequence numbers of one block. Each start takes one, and one more whenever half of its latest is given. */
const BLOCK = 1_000_000_000;

/**
 * The store of one system while it runs. All its actors append here, so that many share one sync of the disk.
 *
 *   open ─▶ take a block of numbers ─▶ read, append, … ─▶ close: what was appended is durable
 */
export class SystemStore {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #events: EventFan;
  /** Those that hand nothing over until changes are taken again. */
  readonly stalled = new Set<{ goOn(): void }>();
  #opening: Promise<OpenStore> | undefined;
  #open: OpenStore | undefined;
  /** The append that was made last. */
  #latest: Promise<unknown> = Promise.resolve();
  /** Blocks of numbers that were taken, those before this start included. */
  #blocks = 0;
  /** The number that was given last. */
  #number = 0;

  constructor(store: Store, clock: Clock, events: EventFan) {
    this.#store = store;
    this.#clock = clock;
    this.#events = events;
  }

  /** For people. */
  get about(): string {
    return this.#open?.about ?? this.#store.about ?? "a store that is not open";
  }

  /** Why nothing can be stored now. */
  get failure(): HoldfastError | undefined {
    return this.#open?.failure;
  }

  /** For a message: rising, and never given before, by no earlier start either. */
  nextNumber(): number {
    const number = ++this.#number;
    if (number % (BLOCK / 2) === 0 && number % BLOCK !== 0) {
      // Long before those at hand are used up.
      void this.#takeBlock().catch(() => {});
    }
    return number;
  }

  /** @throws HoldfastError StoreInUse, StoreDamaged, StoreFailed */
  async open(): Promise<void> {
    this.#opening = this.#store.open({ clock: this.#clock, tell: (news) => this.#tell(news) });
    this.#open = await this.#opening;
    const before = (await this.#open.read(STARTS))?.bases[0];
    const taken = before ? fromBytes(before.data) : 0;
    if (typeof taken !== "number" || !Number.isSafeInteger(taken) || taken < 0) {
      throw new HoldfastError("StoreDamaged", `${this.about} does not say how often it was opened: restore a backup`);
    }
    this.#blocks = taken;
    this.#number = (taken + 1) * BLOCK;
    await this.#takeBlock();
  }

  #takeBlock(): Promise<void> {
    this.#blocks++;
    return this.append([{ kind: "base", id: STARTS, seq: this.#blocks, data: toBytes(this.#blocks) }]);
  }

  /** What is stored of one actor, from its side. */
  stateOf(id: string, to: DurableActor, durability: Durability): DurableState {
    return new DurableState(this, id, to, durability);
  }

  /** See OpenStore.append. */
  append(batch: readonly StoreChange[], how?: AppendHint): Promise<void> {
    const open = this.#open;
    if (!open) return Promise.reject(new HoldfastError("StoreFailed", "the store is not open"));
    let stored: Promise<void>;
    try {
      // In virtual time nobody moves the clock for it.
      stored = open.append(batch, how?.more && this.#clock.flows ? how : undefined);
    } catch (error) {
      stored = Promise.reject(toError(error));
    }
    const before = this.#latest;
    this.#latest = stored;
    // One that is refused for itself is refused at once: others that were appended before it may still be on their way.
    stored.catch(() => {
      if (this.#latest === stored) this.#latest = before;
    });
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
    const known = (await this.read(id)) ?? (await this.read(mailOf(id)));
    return known !== undefined && known.bases.length + known.tail.length > 0;
  }

  /** Nothing is stored of an entity, nor of its mail, once this resolves. @throws HoldfastError StoreFailed */
  forget(id: string): Promise<void> {
    return this.append([
      { kind: "forget", id },
      { kind: "forget", id: mailOf(id) },
    ]);
  }

  /** Every entity of which anything is stored, but for the system's own. */
  *ids(): Iterable<string> {
    for (const id of this.#open?.ids() ?? []) if (!id.startsWith("!")) yield id;
  }

  /** What was appended is durable, or has failed, and the store is released. */
  async close(): Promise<void> {
    const open = await this.#opening?.catch(() => undefined);
    this.#opening = undefined;
    this.#open = undefined;
    await open?.close();
  }

  #tell({ kind, ...what }: StoreNews): void {
    this.#events.emit({ ...what, type: kind, about: this.about } as StoreEvent);
    if (kind !== "store-recovered") return;
    const stalled = [...this.stalled];
    this.stalled.clear();
    for (const one of stalled) one.goOn();
  }
}
