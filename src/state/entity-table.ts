import type { StoreChange } from "../system/durable/store.js";

/** What a store knows about one piece: the data itself, or where it lies. */
export interface TablePiece {
  readonly seq: number;
  /** Bytes of its data. */
  readonly length: number;
}

export interface TableEntity<P extends TablePiece> {
  /** The newest first; at most two. */
  readonly bases: readonly P[];
  /** Ascending. */
  readonly tail: readonly P[];
}

/** What a change does, apart from its data. */
export interface TableChange {
  readonly kind: StoreChange["kind"];
  readonly id: string;
  /** Of all but forget. */
  readonly seq?: number;
}

interface Entity<P> {
  bases: P[];
  tail: P[];
  /** The table's generation at its last change: one of an older generation is somebody's picture, and is copied first. */
  generation: number;
}

/**
 * What is stored of every entity, as the changes say: the newest base and the one before, and the tail since that one.
 *
 *   base 4 ─ tail 5 ─ tail 6 ─ base 7 ─ tail 8 ─ base 9        gone: base 4, tails 5 and 6
 *                                                              kept: base 7, tail 8, base 9
 *
 * Before a second base nothing of the tail goes: from the very beginning it is a second way to the same state too. Changes
 * that come again in their order (a recovery) lead to the same table.
 */
export class EntityTable<P extends TablePiece> {
  readonly #entities = new Map<string, Entity<P>>();
  #generation = 0;
  #bytes = 0;

  /** Bytes of all data that is kept, ids included. */
  get bytes(): number {
    return this.#bytes;
  }

  ids(): Iterable<string> {
    return this.#entities.keys();
  }

  get(id: string): TableEntity<P> | undefined {
    return this.#entities.get(id);
  }

  /** @param piece of a base or a tail: what is known of its data */
  apply(change: TableChange, piece: P | undefined): void {
    const { id } = change;
    if (change.kind === "forget") {
      this.#forget(id);
      return;
    }
    const entity = this.#own(id);
    if (change.kind === "drop") this.#take(id, entity.tail, place(entity.tail, change.seq!), change.seq!);
    else if (change.kind === "tail") this.#putTail(id, entity.tail, piece!);
    else this.#putBase(id, entity, piece!);
    if (entity.bases.length + entity.tail.length === 0) this.#entities.delete(id);
  }

  /** Everything as it is now. Later changes do not reach it. */
  picture(): ReadonlyMap<string, TableEntity<P>> {
    this.#generation++;
    return new Map(this.#entities);
  }

  #own(id: string): Entity<P> {
    const found = this.#entities.get(id);
    if (found?.generation === this.#generation) return found;
    const own = { bases: [...(found?.bases ?? [])], tail: [...(found?.tail ?? [])], generation: this.#generation };
    this.#entities.set(id, own);
    return own;
  }

  #forget(id: string): void {
    const entity = this.#entities.get(id);
    if (!entity) return;
    for (const piece of [...entity.bases, ...entity.tail]) this.#weigh(id, piece, -1);
    this.#entities.delete(id);
  }

  #putTail(id: string, tail: P[], piece: P): void {
    const at = place(tail, piece.seq);
    this.#take(id, tail, at, piece.seq);
    // Nearly always the end.
    if (at === tail.length) tail.push(piece);
    else tail.splice(at, 0, piece);
    this.#weigh(id, piece, 1);
  }

  #putBase(id: string, entity: Entity<P>, piece: P): void {
    // What is of the same or a later moment was undone, and is told anew.
    const before = entity.bases.find((base) => base.seq < piece.seq);
    for (const base of entity.bases) if (base !== before) this.#weigh(id, base, -1);
    entity.bases = before ? [piece, before] : [piece];
    this.#weigh(id, piece, 1);
    if (!before) return;
    const since = place(entity.tail, before.seq + 1);
    for (const old of entity.tail.splice(0, since)) this.#weigh(id, old, -1);
  }

  #take(id: string, tail: P[], at: number, seq: number): void {
    if (tail[at]?.seq !== seq) return;
    for (const old of tail.splice(at, 1)) this.#weigh(id, old, -1);
  }

  #weigh(id: string, { length }: P, sign: 1 | -1): void {
    this.#bytes += sign * (length + id.length);
  }
}

/** Where `seq` is in a tail, or would be. */
export function place(tail: readonly TablePiece[], seq: number): number {
  let [from, to] = [0, tail.length];
  if (to > 0 && tail[to - 1]!.seq < seq) return to;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (tail[middle]!.seq < seq) from = middle + 1;
    else to = middle;
  }
  return from;
}
