import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import type { SystemContext } from "../system/context.js";
import type { CellBounds } from "./cell-bounds.js";
import type { KeyedCells } from "./keyed-cells.js";

/** How many cells a keyed group has: what was said by hand, else what its bounds say. */
export class KeyedSize {
  readonly #context: SystemContext;
  readonly #path: string;
  readonly #cells: KeyedCells;
  readonly #bounds: CellBounds;

  constructor(context: SystemContext, path: string, cells: KeyedCells, bounds: CellBounds) {
    this.#context = context;
    this.#path = path;
    this.#cells = cells;
    this.#bounds = bounds;
  }

  /** @throws HoldfastError InvalidValue for a number that is out of bounds; StartFailed: a cell more did not start */
  async resize(to: number | "auto"): Promise<void> {
    const { min, max } = this.#bounds;
    if (to === "auto") return this.#become(Math.max(min, Math.min(max, this.#cells.size)), "auto");
    if (Number.isInteger(to) && to >= 1 && to <= max) return this.#become(to, `resize(${to})`);
    const fix = `give a whole number from 1 to its most cells, ${max}, or "auto"`;
    throw new HoldfastError("InvalidValue", `${this.#path}: resize(${shown(to)}): ${fix}`, { details: { to, max } });
  }

  #become(to: number, why: string): Promise<void> {
    const from = this.#cells.size;
    if (to === from) return Promise.resolve();
    this.#context.events.emit({ type: "scaled", path: this.#path, from, to, by: "hand", why });
    return this.#cells.become(to);
  }
}
