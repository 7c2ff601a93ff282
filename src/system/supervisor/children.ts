import { HoldfastError } from "../../errors.js";
import type { ChildRules } from "../../supervision/spec.js";
import type { ChildRecord, ChildTable, NamedRules } from "../../supervision/state.js";
import { keyOf } from "../child-key.js";
import type { Unit } from "../unit.js";
import { Child, type Inbox } from "./child.js";

/** A child by name, the rules it is supervised by, and what runs it. */
export interface Supervised extends NamedRules {
  readonly unit: Unit;
}

/**
 * The children of one engine, in start order. Each unit carries the record that `decide` keeps of it; what is under way
 * with it, and what has happened to it, is a Child, which one that simply runs does not have: nearly all of a million.
 */
export class Children implements ChildTable {
  /** By their names, as keyOf() keeps them. */
  readonly #units = new Map<string | number, Unit>();
  readonly #eventful = new Map<string, Child>();
  readonly #path: string;
  readonly #inbox: Inbox;
  #records = 0;

  constructor(path: string, inbox: Inbox) {
    this.#path = path;
    this.#inbox = inbox;
  }

  /** Takes one in, as yet without a record. @throws InvalidSpec: the id is taken */
  adopt({ id, rules, unit }: Supervised): Child {
    if (this.unit(id)) {
      throw new HoldfastError("InvalidSpec", `${this.#path} has a child "${id}" already`, { details: { id } });
    }
    this.#units.set(keyOf(id), unit);
    const child = new Child(id, unit, rules, 0, this.#inbox);
    this.#eventful.set(id, child);
    return child;
  }

  /** It has left for good. */
  forget(id: string): void {
    this.delete(id);
    this.#units.delete(keyOf(id));
    this.#eventful.delete(id);
  }

  /** Written ones that have ended come back, in their places; all lose their records. @param written in start order */
  reset(written: readonly Supervised[]): NamedRules[] {
    const allThere = written.every(({ id }) => this.unit(id));
    const left = new Map(Array.from(this.#units.values(), (unit) => [unit.name, unit]));
    const rules = new Map(Array.from(left.keys(), (id) => [id, this.rules(id)!]));
    for (const id of left.keys()) this.delete(id);
    this.#units.clear();
    for (const child of allThere ? [] : written) {
      const { id } = child;
      const unit = left.get(id);
      if (unit) this.#units.set(keyOf(id), unit);
      else {
        rules.set(id, child.rules);
        this.adopt(child);
      }
      left.delete(id);
    }
    for (const [id, unit] of left) this.#units.set(keyOf(id), unit);
    return Array.from(this.#units.values(), ({ name: id }) => ({ id, rules: rules.get(id)! }));
  }

  /** How many there are, those included that `decide` has not heard of yet. */
  get count(): number {
    return this.#units.size;
  }

  units(): Iterable<Unit> {
    return this.#units.values();
  }

  unit(id: string): Unit | undefined {
    return this.#units.get(keyOf(id));
  }

  rules(id: string): ChildRules | undefined {
    return this.get(id)?.rules ?? this.#eventful.get(id)?.rules;
  }

  /** What is under way with it, if anything is, and what has happened to it. */
  eventful(id: string): Child | undefined {
    return this.#eventful.get(id);
  }

  /** The same, for something that begins now. */
  child(id: string): Child | undefined {
    const unit = this.unit(id);
    if (!unit) return undefined;
    let child = this.#eventful.get(id);
    if (!child) {
      // Only what is uneventful has none: it has been started once.
      child = new Child(id, unit, this.rules(id)!, 1, this.#inbox);
      this.#eventful.set(id, child);
    }
    return child;
  }

  /** Drops what would be made the same again. */
  settle(id: string): void {
    if (this.#eventful.get(id)?.uneventful) this.#eventful.delete(id);
  }

  get size(): number {
    return this.#records;
  }

  get(id: string): ChildRecord | undefined {
    return this.unit(id)?.record;
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  set(id: string, record: ChildRecord): this & Map<string, ChildRecord> {
    const unit = this.unit(id)!;
    if (unit.record === undefined) this.#records++;
    unit.record = record;
    return this as never;
  }

  delete(id: string): boolean {
    const unit = this.unit(id);
    if (unit?.record === undefined) return false;
    unit.record = undefined;
    this.#records--;
    return true;
  }

  *[Symbol.iterator](): MapIterator<[string, ChildRecord]> {
    for (const { name, record } of this.#units.values()) if (record) yield [name, record];
  }

  *keys(): MapIterator<string> {
    for (const { name, record } of this.#units.values()) if (record) yield name;
  }

  *values(): MapIterator<ChildRecord> {
    for (const { record } of this.#units.values()) if (record) yield record;
  }
}
