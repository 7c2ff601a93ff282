import type { SystemStats, UnitStats } from "../../system/stats.js";
import { hasLeft } from "../rates.js";
import { type Total, totalsOf } from "../totals.js";
import { Series } from "./series.js";
import { type HistoryColumn, historyColumns, unitStep } from "./unit-step.js";

/** What is kept, and for how long. */
export interface HistoryBounds {
  /** Units with a history of their own. */
  readonly units: number;
  /** Of each unit. */
  readonly steps: number;
}

export const historyDefaults = {
  /** 512 units with ten numbers of four bytes for each of 300 steps: 5.9 MiB when all are there. */
  units: 512,
  /** Ten minutes. */
  steps: 300,
  /** Between two steps. */
  stepMs: 2000,
} as const;

/** The history of one unit: times in ms since 1970, and for each of them a number in every column, NaN where it is not known. */
export interface UnitHistory {
  readonly path: string;
  readonly kind: UnitStats["kind"];
  readonly stepMs: number;
  readonly times: Float64Array;
  readonly columns: Readonly<Record<HistoryColumn, Float32Array>>;
}

interface Kept {
  readonly kind: UnitStats["kind"];
  readonly series: Series;
  latest: UnitStats;
}

/**
 * The latest minutes of every unit, as plain numbers in rings: pure, it is given what was counted and when. Where there are more
 * units than it keeps, the root, pools and keyed groups go first, then actors that are nobody's part and the other supervisors, then
 * members and cells; and of those that are gone the longest gone leaves first. A supervisor has the sum of what is below it.
 */
export class History {
  readonly #bounds: HistoryBounds;
  readonly #stepMs: number;
  readonly #units = new Map<string, Kept>();
  readonly #times: Float64Array;
  #step = -1;

  constructor(bounds: HistoryBounds = historyDefaults, stepMs: number = historyDefaults.stepMs) {
    this.#bounds = bounds;
    this.#stepMs = stepMs;
    this.#times = new Float64Array(bounds.steps);
  }

  /** How many units it holds, gone ones too. */
  get size(): number {
    return this.#units.size;
  }

  /** @param at of the wall clock, ms since 1970 */
  add({ units }: SystemStats, at: number): void {
    const before = this.#step < 0 ? at : this.#times[this.#step % this.#bounds.steps]!;
    this.#step += 1;
    this.#times[this.#step % this.#bounds.steps] = at;
    const members = new Map<string, number>();
    for (const { partOf } of units) if (partOf !== undefined) members.set(partOf, (members.get(partOf) ?? 0) + 1);
    const totals = totalsOf({ units });
    for (const counted of chosen(units, this.#bounds.units)) {
      const unit = counted.kind === "supervisor" ? summed(counted, totals.get(counted.path)) : counted;
      const kept = this.#kept(unit);
      // One that was away for a while is not rated over one step; neither is a sum that something has left.
      const stayed = kept.series.last === this.#step - 1;
      const known = stayed && !(unit.kind === "supervisor" && hasLeft(kept.latest, unit)) ? kept.latest : undefined;
      const step = unitStep(known, unit, at - before, members.get(unit.path) ?? 0);
      kept.series.put(
        this.#step,
        historyColumns.map((column) => step[column]),
      );
      kept.latest = unit;
    }
    this.#tidy();
  }

  /**
   * @param path as in the tree: "app/digits"
   * @param since ms since 1970; default: everything
   * @returns undefined for a unit of which nothing is kept
   */
  of(path: string, since = 0): UnitHistory | undefined {
    const kept = this.#units.get(path);
    if (!kept) return undefined;
    const { steps } = this.#bounds;
    let from = Math.max(0, this.#step - steps + 1);
    while (from <= this.#step && this.#times[from % steps]! < since) from += 1;
    const times = Float64Array.from({ length: this.#step - from + 1 }, (_, i) => this.#times[(from + i) % steps]!);
    const read = (column: HistoryColumn, i: number) => [column, kept.series.read(i, from, this.#step)];
    const columns = Object.fromEntries(historyColumns.map(read)) as UnitHistory["columns"];
    return { path, kind: kept.kind, stepMs: this.#stepMs, times, columns };
  }

  #kept(unit: UnitStats): Kept {
    const known = this.#units.get(unit.path);
    if (known && known.kind === unit.kind) return known;
    this.#units.delete(unit.path);
    const kept = { kind: unit.kind, series: new Series(historyColumns.length, this.#bounds.steps), latest: unit };
    this.#units.set(unit.path, kept);
    return kept;
  }

  /** Those that are gone leave when nothing of theirs is within the time that is kept, or when others need the room. */
  #tidy(): void {
    for (const [path, { series }] of this.#units) {
      if (series.last <= this.#step - this.#bounds.steps) this.#units.delete(path);
    }
    if (this.#units.size <= this.#bounds.units) return;
    const gone = [...this.#units].filter(([, { series }]) => series.last < this.#step);
    gone.sort(([, a], [, b]) => a.series.last - b.series.last);
    for (const [path] of gone.slice(0, this.#units.size - this.#bounds.units)) this.#units.delete(path);
  }
}

/** Those of which a history is kept; a path that two have is the first one's. */
function chosen(units: readonly UnitStats[], most: number): UnitStats[] {
  const ranks: UnitStats[][] = [[], [], []];
  const seen = new Set<string>();
  for (const unit of units) {
    if (seen.has(unit.path)) continue;
    seen.add(unit.path);
    const first = unit.kind === "pool" || unit.kind === "keyed" || !unit.path.includes("/");
    ranks[unit.partOf !== undefined ? 2 : first ? 0 : 1]!.push(unit);
  }
  return ranks.flat().slice(0, most);
}

/** It has no mail of its own: what is below it counts. */
function summed(unit: UnitStats, total: Total | undefined): UnitStats {
  if (!total) return unit;
  const { answered, told, failed, latency, waiting, executing } = total;
  return { ...unit, answered, told, failed, waiting, executing, ...(latency && { latency }) };
}
