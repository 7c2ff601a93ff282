import type { SystemStats, UnitStats } from "../../system/stats.js";
import { sameButAge } from "./same-but-age.js";

/** A unit's row: all fields of a new one, with its place in the list; of a known one those that have changed, null for one that it has no more. */
export type StatsRow = { readonly id: number; readonly at?: number } & {
  readonly [Field in keyof UnitStats]?: UnitStats[Field] | null;
};

/** What has been counted since revision `from`; without it: everything. Rows of `gone` go first. */
export interface StatsDiff {
  readonly from?: number;
  readonly to: number;
  readonly uptimeMs: number;
  readonly reports: number;
  readonly deadLetters: SystemStats["deadLetters"];
  readonly gone: readonly number[];
  readonly units: readonly StatsRow[];
}

interface Kept {
  readonly id: number;
  row: UnitStats;
  /** Nobody was told of it yet. */
  fresh: boolean;
}

/**
 * What a system had counted when it was looked at last, and so what is different now. A unit has a number of its own for as long as
 * one of that kind is at that path.
 *
 *   app.stats() ─▶ look() ─▶ { from: 7, to: 8, gone: [], units: [{ id: 4, accepted: 12, answered: 11 }, …] }
 *                   └── the first look, or units that changed places ─▶ the same without `from`, with every row
 */
export class StatsLog {
  #revision = 0;
  #lastId = 0;
  #kept: Kept[] = [];
  #latest: SystemStats | undefined;

  look(stats: SystemStats): StatsDiff {
    const first = this.#latest === undefined;
    this.#latest = stats;
    this.#revision += 1;
    const units: StatsRow[] = [];
    const gone = sameUnits(this.#kept, stats.units) ? [] : this.#pair(stats.units);
    if (first || gone === "moved") {
      for (const [at, kept] of this.#kept.entries()) {
        kept.row = stats.units[at]!;
        kept.fresh = false;
      }
      return this.whole;
    }
    for (const [at, kept] of this.#kept.entries()) {
      const now = stats.units[at]!;
      const row = kept.fresh ? { id: kept.id, at, ...now } : changedFields(kept.id, kept.row, now);
      kept.row = now;
      kept.fresh = false;
      if (row) units.push(row);
    }
    return { from: this.#revision - 1, ...this.#head, gone, units };
  }

  /** As of the last look. @throws Error before the first */
  get whole(): StatsDiff {
    return { ...this.#head, gone: [], units: this.#kept.map(({ id, row }, at) => ({ id, at, ...row })) };
  }

  get #head(): Pick<StatsDiff, "to" | "uptimeMs" | "reports" | "deadLetters"> {
    if (!this.#latest) throw new Error("the counters were not looked at yet");
    const { uptimeMs, reports, deadLetters } = this.#latest;
    return { to: this.#revision, uptimeMs, reports, deadLetters };
  }

  /** Finds for each unit what it was before. @returns the ids of those that are gone */
  #pair(units: readonly UnitStats[]): number[] | "moved" {
    const before = new Map<string, Kept[]>();
    for (const kept of this.#kept) {
      const same = before.get(nameOf(kept.row));
      if (same) same.push(kept);
      else before.set(nameOf(kept.row), [kept]);
    }
    const ids = this.#kept.map(({ id }) => id);
    let last = -1;
    let moved = false;
    this.#kept = units.map((row) => {
      const old = before.get(nameOf(row))?.shift();
      if (old) {
        const at = ids.indexOf(old.id, last + 1);
        moved ||= at < 0;
        last = Math.max(last, at);
        return old;
      }
      this.#lastId += 1;
      return { id: this.#lastId, row, fresh: true };
    });
    return moved ? "moved" : [...before.values()].flat().map(({ id }) => id);
  }
}

function nameOf({ kind, path }: UnitStats): string {
  return `${kind} ${path}`;
}

function sameUnits(kept: readonly Kept[], units: readonly UnitStats[]): boolean {
  if (kept.length !== units.length) return false;
  return units.every(({ kind, path }, i) => kept[i]!.row.kind === kind && kept[i]!.row.path === path);
}

function changedFields(id: number, before: UnitStats, now: UnitStats): StatsRow | undefined {
  const was = before as unknown as Record<string, unknown>;
  const is = now as unknown as Record<string, unknown>;
  let changed: Record<string, unknown> | undefined;
  for (const field in is) {
    if (is[field] === undefined || sameButAge(was[field], is[field])) continue;
    changed ??= { id };
    changed[field] = is[field];
  }
  for (const field in was) {
    if (was[field] === undefined || is[field] !== undefined) continue;
    changed ??= { id };
    changed[field] = null;
  }
  return changed as StatsRow | undefined;
}
