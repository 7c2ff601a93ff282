import type { StoreChange } from "../../system/durable/store.js";

/** Where one piece is kept: entity number, kind, sequence number. */
export type PieceKey = readonly [entity: number, kind: "b" | "t", seq: number];

/** Which pieces of one entity are stored; not what is in them. */
export interface EntityIndex {
  readonly number: number;
  /** The newest first; at most two. */
  readonly bases: readonly number[];
  readonly tail: ReadonlySet<number>;
}

/** What one transaction writes, and what is stored after it. */
export interface Plan {
  readonly puts: Map<string, { readonly key: PieceKey; readonly id: string; readonly data: Uint8Array }>;
  readonly removes: Map<string, PieceKey>;
  /** Entities that came: their numbers become known. */
  readonly named: Map<number, string>;
  /** Entities of which nothing is left. */
  readonly unnamed: Set<number>;
  /** By id; undefined for one of which nothing is left. */
  readonly entities: Map<string, EntityIndex | undefined>;
  readonly nextNumber: number;
}

/**
 * What a group of batches does to the stored pieces. Pure: where the transaction fails, nothing of it has happened.
 *
 *   index ─ batches ─▶ plan ─▶ one transaction ─ it is on the disk ─▶ the plan's entities are the index
 */
export function planOf(
  index: ReadonlyMap<string, EntityIndex>,
  nextNumber: number,
  batches: readonly (readonly StoreChange[])[],
): Plan {
  const planner = new Planner(index, nextNumber);
  for (const batch of batches) for (const change of batch) planner.apply(change);
  return planner.plan();
}

interface Draft {
  number: number;
  bases: number[];
  tail: Set<number>;
}

class Planner {
  readonly #index: ReadonlyMap<string, EntityIndex>;
  readonly #drafts = new Map<string, Draft | undefined>();
  readonly #puts: Plan["puts"] = new Map();
  readonly #removes: Plan["removes"] = new Map();
  readonly #named: Plan["named"] = new Map();
  readonly #unnamed: Plan["unnamed"] = new Set();
  #nextNumber: number;

  constructor(index: ReadonlyMap<string, EntityIndex>, nextNumber: number) {
    this.#index = index;
    this.#nextNumber = nextNumber;
  }

  apply(change: StoreChange): void {
    const { id } = change;
    switch (change.kind) {
      case "tail": {
        const draft = this.#draft(id) ?? this.#come(id);
        draft.tail.add(change.seq);
        this.#put([draft.number, "t", change.seq], id, change.data);
        return;
      }
      case "base": {
        const draft = this.#draft(id) ?? this.#come(id);
        this.#rebase(draft, change.seq);
        this.#put([draft.number, "b", change.seq], id, change.data);
        return;
      }
      case "drop": {
        const draft = this.#draft(id);
        if (!draft?.tail.delete(change.seq)) return;
        this.#remove([draft.number, "t", change.seq]);
        if (draft.bases.length + draft.tail.size === 0) this.#go(id, draft);
        return;
      }
      case "forget": {
        const draft = this.#draft(id);
        if (draft) this.#go(id, draft);
        return;
      }
    }
  }

  plan(): Plan {
    return {
      puts: this.#puts,
      removes: this.#removes,
      named: this.#named,
      unnamed: this.#unnamed,
      entities: this.#drafts,
      nextNumber: this.#nextNumber,
    };
  }

  /** The base before the new one stays, and the tail since then; what is older goes. */
  #rebase(draft: Draft, seq: number): void {
    // What is of the same or a later moment was undone, and is told anew.
    const before = draft.bases.find((base) => base < seq);
    for (const base of draft.bases) if (base !== before) this.#remove([draft.number, "b", base]);
    draft.bases = before === undefined ? [seq] : [seq, before];
    if (before === undefined) return;
    for (const old of draft.tail) {
      if (old > before) continue;
      draft.tail.delete(old);
      this.#remove([draft.number, "t", old]);
    }
  }

  #draft(id: string): Draft | undefined {
    if (this.#drafts.has(id)) return this.#drafts.get(id);
    const stored = this.#index.get(id);
    const draft = stored && { number: stored.number, bases: [...stored.bases], tail: new Set(stored.tail) };
    this.#drafts.set(id, draft);
    return draft;
  }

  #come(id: string): Draft {
    // A number is never given twice: what is left of an entity that was forgotten is never another's.
    const draft: Draft = { number: this.#nextNumber++, bases: [], tail: new Set() };
    this.#drafts.set(id, draft);
    this.#named.set(draft.number, id);
    return draft;
  }

  #go(id: string, { number, bases, tail }: Draft): void {
    for (const seq of bases) this.#remove([number, "b", seq]);
    for (const seq of tail) this.#remove([number, "t", seq]);
    this.#drafts.set(id, undefined);
    if (!this.#named.delete(number)) this.#unnamed.add(number);
  }

  #put(key: PieceKey, id: string, data: Uint8Array): void {
    const name = nameOf(key);
    this.#removes.delete(name);
    this.#puts.set(name, { key, id, data });
  }

  #remove(key: PieceKey): void {
    const name = nameOf(key);
    this.#puts.delete(name);
    this.#removes.set(name, key);
  }
}

const nameOf = ([entity, kind, seq]: PieceKey) => `${entity}${kind}${seq}`;
