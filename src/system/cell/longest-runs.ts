import type { CellSpec } from "../../host/booting.js";

/**
 * The longest run of each method that ended well, of everything that runs from one spec: the members of a pool learn from
 * each other, and a replacement from what it replaces.
 */
export class LongestRuns {
  readonly #specs = new WeakMap<CellSpec, Map<string, number>>();

  /** By method, ms. It changes as runs end. */
  of(spec: CellSpec): Map<string, number> {
    let runs = this.#specs.get(spec);
    if (!runs) {
      runs = new Map();
      this.#specs.set(spec, runs);
    }
    return runs;
  }
}
