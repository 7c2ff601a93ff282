import { type Chance, seededChance } from "../../src/clock.js";
import type { StoreChange, StoredEntity } from "../../src/system/durable/store.js";
import type { StoreModel } from "./store-model.js";

export interface WorkloadOptions {
  /** Entities whose state changes; each has mail beside it. */
  readonly entities?: number;
  /** Bytes of one piece, at most. */
  readonly bytes?: number;
}

/**
 * Batches as a system writes them, every kind of change among them. What comes next depends on the seed and on what is
 * stored: after a crash the work goes on from whatever came through.
 *
 *   one message:  tail (what happened) ─ now and then base ─ drop of the mail it was        in one batch
 *   in between:   mail is accepted; an entity is forgotten, and begins again
 */
export class Workload {
  readonly #chance: Chance;
  readonly #entities: number;
  readonly #bytes: number;
  #made = 0;

  constructor(seed: number, { entities = 3, bytes = 24 }: WorkloadOptions = {}) {
    this.#chance = seededChance(seed);
    this.#entities = entities;
    this.#bytes = bytes;
  }

  next(model: StoreModel): StoreChange[] {
    this.#made++;
    const entity = this.#below(this.#entities);
    const what = this.#chance();
    if (what < 0.04 && model.read(idOf(entity))) return this.#forget(entity);
    if (what < 0.25) return this.#accept(model, entity);
    const batch = this.#message(model, entity);
    const other = this.#below(this.#entities);
    // What two actors did may leave in one batch.
    return what < 0.85 || other === entity ? batch : [...batch, ...this.#message(model, other)];
  }

  #message(model: StoreModel, entity: number): StoreChange[] {
    const id = idOf(entity);
    const seq = lastOf(model.read(id)) + 1;
    const batch: StoreChange[] = [{ kind: "tail", id, seq, data: this.#data(id, seq) }];
    if (this.#chance() < 0.25) batch.push({ kind: "base", id, seq, data: this.#data(id, seq) });
    const answered = model.read(mailOf(entity))?.tail[0];
    if (answered) batch.push({ kind: "drop", id: mailOf(entity), seq: answered.seq });
    return batch;
  }

  #accept(model: StoreModel, entity: number): StoreChange[] {
    const id = mailOf(entity);
    const seq = lastOf(model.read(id)) + 1;
    return [{ kind: "tail", id, seq, data: this.#data(id, seq) }];
  }

  #forget(entity: number): StoreChange[] {
    return [
      { kind: "forget", id: idOf(entity) },
      { kind: "forget", id: mailOf(entity) },
    ];
  }

  /** No two pieces are alike: what came from elsewhere is seen. */
  #data(id: string, seq: number): Uint8Array {
    const mark = Buffer.from(`${this.#made}:${id}:${seq}:`);
    const filler = Buffer.alloc(this.#below(this.#bytes + 1), this.#below(256));
    return Buffer.concat([mark, filler]);
  }

  #below(bound: number): number {
    return Math.floor(this.#chance() * bound);
  }
}

const idOf = (entity: number) => `app/keeper#${entity}`;
const mailOf = (entity: number) => `${idOf(entity)}!mail`;

function lastOf(entity: StoredEntity | undefined): number {
  return Math.max(0, entity?.bases[0]?.seq ?? 0, entity?.tail.at(-1)?.seq ?? 0);
}
