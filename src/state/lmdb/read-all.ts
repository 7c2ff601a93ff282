import { HoldfastError } from "../../errors.js";
import type { Database } from "./database.js";
import { FORMAT, FORMAT_KEY, keyRead } from "./keys.js";
import type { EntityIndex } from "./plan.js";

/** Which entities a database holds, and which pieces of each. */
export interface Stored {
  readonly index: Map<string, EntityIndex>;
  readonly nextNumber: number;
}

interface Found {
  readonly bases: number[];
  readonly tail: Set<number>;
}

/** @throws HoldfastError StoreDamaged where the database is of another form, or holds what no store has written */
export function readAll(database: Database, about: string): Stored {
  const format = database.get(FORMAT_KEY)?.toString();
  if (format !== String(FORMAT))
    throw damaged(about, `is of format ${JSON.stringify(format)}, this version reads ${FORMAT}`);
  const ids = new Map<number, string>();
  const found = new Map<number, Found>();
  for (const { key, value } of database.getRange({})) {
    const read = keyRead(key);
    if (read === undefined) throw damaged(about, "has a key that no store writes");
    if (read.of === "id") ids.set(read.entity, idIn(value, about));
    if (read.of === "piece") add(found, read.piece);
  }
  const index = new Map<string, EntityIndex>();
  for (const [number, { bases, tail }] of found) {
    const id = ids.get(number);
    if (id === undefined) throw damaged(about, `has pieces of an entity without a name, number ${number}`);
    if (index.has(id)) throw damaged(about, `has two entities ${id}`);
    index.set(id, { number, bases, tail });
  }
  let nextNumber = 1;
  for (const number of ids.keys()) nextNumber = Math.max(nextNumber, number + 1);
  return { index, nextNumber };
}

function add(found: Map<number, Found>, [number, kind, seq]: readonly [number, "b" | "t", number]): void {
  const entity = found.get(number) ?? { bases: [], tail: new Set() };
  found.set(number, entity);
  // Keys come in ascending order; the newest base is the first.
  if (kind === "b") entity.bases.unshift(seq);
  else entity.tail.add(seq);
}

function idIn(value: Buffer, about: string): string {
  try {
    const id: unknown = JSON.parse(value.toString());
    if (typeof id === "string") return id;
  } catch {}
  throw damaged(about, "has a name that cannot be read");
}

function damaged(about: string, what: string): HoldfastError {
  return new HoldfastError("StoreDamaged", `${about} ${what}: restore a backup`);
}
