import type { StatsFrame } from "../protocol/frames.js";
import type { SystemStats, UnitStats } from "../system/stats.js";

/** The server's counters, rebuilt from what has changed. It holds as many rows as there are units now. */
export class StatsMirror {
  #revision = -1;
  #ids: number[] = [];
  readonly #rows = new Map<number, UnitStats>();

  /** How many rows it holds. */
  get size(): number {
    return this.#rows.size;
  }

  /** @returns the counters as they are now, "more" before the last part of them; undefined for a frame that does not follow what is known here */
  apply({ from, to, uptimeMs, reports, deadLetters, gone, units, more }: StatsFrame): SystemStats | "more" | undefined {
    if (from === undefined) this.forget();
    else if (from !== this.#revision) return undefined;
    this.#revision = -1;
    if (gone.length > 0) this.#remove(new Set(gone));
    for (const row of units) if (!this.#row(row)) return undefined;
    this.#revision = to;
    if (more) return "more";
    const rows = this.#ids.map((id) => this.#rows.get(id)!);
    return { uptimeMs, reports, deadLetters: deadLetters as SystemStats["deadLetters"], units: rows };
  }

  /** Nobody looks any more, or the server is another. */
  forget(): void {
    this.#revision = -1;
    this.#ids = [];
    this.#rows.clear();
  }

  #remove(gone: ReadonlySet<number>): void {
    for (const id of gone) this.#rows.delete(id);
    this.#ids = this.#ids.filter((id) => !gone.has(id));
  }

  /** New rows come in the order of their places. */
  #row(given: unknown): boolean {
    if (typeof given !== "object" || given === null) return false;
    const { id, at, ...fields } = given as { id?: unknown; at?: unknown };
    if (typeof id !== "number") return false;
    const known = this.#rows.get(id);
    if (!known) {
      if (!Number.isInteger(at) || (at as number) < 0 || (at as number) > this.#ids.length) return false;
      this.#ids.splice(at as number, 0, id);
    }
    const row: Record<string, unknown> = { ...known };
    for (const [field, value] of Object.entries(fields)) {
      if (value === null) delete row[field];
      else row[field] = value;
    }
    this.#rows.set(id, row as unknown as UnitStats);
    return true;
  }
}
