import type { UnitHistory } from "../../../observe/history/history.js";
import { hasLeft, ratesBetween } from "../../../observe/rates.js";
import { type Total, totalsOf } from "../../../observe/totals.js";
import { latencyBoundsMs, type SystemStats } from "../../../system/stats.js";
import { Points } from "./points.js";

/** Units of which a series is kept; of the others the tree says what is now. */
export const UNITS_KEPT = 1000;

/** The latest looks at each unit of the tree, by path. */
export class Series {
  readonly #points = new Map<string, Points>();
  #before: ReadonlyMap<string, Total> = new Map();
  #at = 0;

  of(path: string): Points | undefined {
    return this.#points.get(path);
  }

  /** Takes what the system has counted. @param at milliseconds since 1970 */
  take(stats: Pick<SystemStats, "units">, at: number): void {
    const totals = totalsOf(stats);
    const passed = at - this.#at;
    for (const total of totals.values()) this.#add(total, at, passed);
    for (const path of this.#points.keys()) if (!totals.has(path)) this.#points.delete(path);
    this.#before = totals;
    this.#at = at;
  }

  /** What the server remembers of a unit goes before what the page has seen itself. */
  backfill({ path, times, columns }: UnitHistory): void {
    const seen = this.#points.get(path);
    if (!seen || times.length === 0) return;
    const older = new Points();
    const value = (column: keyof typeof columns, index: number) => columns[column][index] ?? Number.NaN;
    times.forEach((at, index) => {
      older.add(at, {
        rate: value("rate", index),
        failed: value("failures", index),
        p50: value("p50", index),
        p99: value("p99", index),
        waiting: value("waiting", index),
        executing: value("executing", index),
        members: value("members", index),
        ready: value("ready", index),
      });
    });
    this.#points.set(path, older.followedBy(seen));
  }

  #add(total: Total, at: number, passed: number): void {
    let points = this.#points.get(total.path);
    if (!points) {
      if (this.#points.size >= UNITS_KEPT) return;
      points = new Points();
      this.#points.set(total.path, points);
    }
    const known = this.#before.get(total.path);
    const before = known && total.kind === "supervisor" && hasLeft(known, total) ? undefined : known;
    const rates = ratesBetween(before, total, passed, latencyBoundsMs);
    points.add(at, {
      rate: rates?.perSecond ?? Number.NaN,
      failed: rates?.failedPerSecond ?? Number.NaN,
      p50: rates?.p50Ms ?? Number.NaN,
      p99: rates?.p99Ms ?? Number.NaN,
      waiting: total.waiting,
      executing: total.executing,
      members: total.members ?? Number.NaN,
      ready: total.ready ?? Number.NaN,
    });
  }
}
