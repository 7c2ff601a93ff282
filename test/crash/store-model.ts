import { createHash } from "node:crypto";
import type { StoreChange, StoredEntity, StoredPiece } from "../../src/system/durable/store.js";

/** What a store should hold, in the plainest way: no file, no bytes, no failure. Every store is held to it. */
export class StoreModel {
  readonly #entities = new Map<string, StoredEntity>();

  apply(batch: readonly StoreChange[]): void {
    for (const change of batch) {
      const next = changed(this.#entities.get(change.id) ?? { bases: [], tail: [] }, change);
      if (next.bases.length + next.tail.length === 0) this.#entities.delete(change.id);
      else this.#entities.set(change.id, next);
    }
  }

  /** A model of the same, that goes its own way from here. */
  copy(): StoreModel {
    const copy = new StoreModel();
    for (const [id, entity] of this.#entities) copy.#entities.set(id, entity);
    return copy;
  }

  ids(): string[] {
    return [...this.#entities.keys()].sort();
  }

  read(id: string): StoredEntity | undefined {
    return this.#entities.get(id);
  }

  /** Two stores hold the same where their digests are equal. */
  digest(): string {
    return digestOf(this.ids().map((id) => [id, this.#entities.get(id)!] as const));
  }
}

function changed({ bases, tail }: StoredEntity, change: StoreChange): StoredEntity {
  switch (change.kind) {
    case "base": {
      // What is of the same or a later moment was undone, and is told anew.
      const before = bases.find(({ seq }) => seq < change.seq);
      const kept = before === undefined ? tail : tail.filter(({ seq }) => seq > before.seq);
      const piece = { seq: change.seq, data: change.data };
      return { bases: before ? [piece, before] : [piece], tail: kept };
    }
    case "tail": {
      const others = tail.filter(({ seq }) => seq !== change.seq);
      const piece = { seq: change.seq, data: change.data };
      return { bases, tail: [...others, piece].sort((a, b) => a.seq - b.seq) };
    }
    case "drop":
      return { bases, tail: tail.filter(({ seq }) => seq !== change.seq) };
    case "forget":
      return { bases: [], tail: [] };
  }
}

/** @param entities by id, sorted */
export function digestOf(entities: readonly (readonly [id: string, entity: StoredEntity])[]): string {
  const hash = createHash("sha256");
  for (const [id, { bases, tail }] of entities) {
    hash.update(`${JSON.stringify(id)} ${bases.length} ${tail.length}\n`);
    for (const piece of [...bases, ...tail]) hashPiece(hash, piece);
  }
  return hash.digest("hex");
}

function hashPiece(hash: ReturnType<typeof createHash>, { seq, data }: StoredPiece): void {
  hash.update(`${seq} ${data.byteLength}\n`).update(data);
}
