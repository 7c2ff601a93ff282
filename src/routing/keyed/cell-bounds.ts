import { availableParallelism } from "node:os";
import { HoldfastError } from "../../errors.js";
import type { Isolation } from "../../host/host.js";
import { type KeysOf, onlyKnownKeys } from "../../known-keys.js";
import { positiveInteger } from "../../system/actor/loaded-actor.js";
import type { CellCount, ElasticCells, KeyedOptions } from "../keyed.js";
import { countOrCores, type PoolBounds, scaleBounds } from "../pools/pool-bounds.js";

/** How few and how many cells a keyed group may have, and how it chooses between them: as a pool does. */
export type CellBounds = Omit<PoolBounds, "spares">;

const elasticKeys: KeysOf<ElasticCells> = { min: true, max: true };

/** @throws HoldfastError InvalidSpec naming the field; where two contradict each other, both */
export function cellBounds({ cells = 1, scale }: KeyedOptions, isolation: Isolation, field: string): CellBounds {
  const bounds = cellCount(cells, `${field}.cells`);
  if (scale === undefined || bounds.min < bounds.max) {
    return { ...bounds, ...scaleBounds(scale, isolation, `${field}.scale`) };
  }
  const text = `${field}.scale is given beside a fixed number of cells, ${bounds.max}: give cells: { min, max }`;
  throw new HoldfastError("InvalidSpec", text, { details: { field: `${field}.scale` } });
}

function cellCount(cells: CellCount, field: string): Pick<CellBounds, "min" | "max"> {
  const cores = availableParallelism();
  if (typeof cells !== "object" || cells === null) {
    const count = cells === "cores" ? cores : cells;
    countOrCores(count, field);
    return { min: count, max: count };
  }
  onlyKnownKeys(cells, elasticKeys, field);
  const { min = 1, max = "cores" } = cells;
  positiveInteger(min, `${field}.min`);
  // The same tree starts on a small machine too.
  const most = max === "cores" ? Math.max(cores, min) : max;
  countOrCores(most, `${field}.max`);
  if (min <= most) return { min, max: most };
  const text = `${field}.min is ${min} and ${field}.max is ${most}: give a min that is not above max`;
  throw new HoldfastError("InvalidSpec", text, { details: { field: `${field}.min` } });
}
