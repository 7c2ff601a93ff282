import { availableParallelism } from "node:os";
import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys } from "../known-keys.js";
import { positiveInteger } from "../system/actor/loaded-actor.js";
import type { CellCount, ElasticCells } from "./keyed.js";

/** How few and how many cells a keyed group may have. */
export interface CellBounds {
  readonly min: number;
  readonly max: number;
}

const elasticKeys: KeysOf<ElasticCells> = { min: true, max: true };

/** @throws HoldfastError InvalidSpec naming the field; where two contradict each other, both */
export function cellBounds(cells: CellCount, field: string): CellBounds {
  const cores = availableParallelism();
  if (typeof cells !== "object" || cells === null) {
    const count = cells === "cores" ? cores : cells;
    positiveInteger(count, field);
    return { min: count, max: count };
  }
  onlyKnownKeys(cells, elasticKeys, field);
  const { min = 1, max = "cores" } = cells;
  positiveInteger(min, `${field}.min`);
  // The same tree starts on a small machine too.
  const most = max === "cores" ? Math.max(cores, min) : max;
  positiveInteger(most, `${field}.max`);
  if (min <= most) return { min, max: most };
  const text = `${field}.min is ${min} and ${field}.max is ${most}: give a min that is not above max`;
  throw new HoldfastError("InvalidSpec", text, { details: { field: `${field}.min` } });
}
