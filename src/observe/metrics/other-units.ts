import type { UnitStats } from "../../system/stats.js";

type Count = "accepted" | "answered" | "told" | "redelivered" | "quarantined" | "shed";
const counts: readonly Count[] = ["accepted", "answered", "told", "redelivered", "quarantined", "shed"];

/**
 * Adds up actors that have no values of their own. What was counted stays counted when the actor is gone, so that a sum of counters
 * never goes down; what is "now" is of those that are there.
 *
 *   begin ─▶ add, once for each that is there ─▶ end ─▶ their sum; undefined where there never was one
 */
export class OtherUnits {
  #before = new Map<string, UnitStats>();
  #seen = new Map<string, UnitStats>();
  readonly #counted: Record<Count, number> = {
    accepted: 0,
    answered: 0,
    told: 0,
    redelivered: 0,
    quarantined: 0,
    shed: 0,
  };
  readonly #failed: Record<string, number> = Object.create(null);
  readonly #refused: Record<string, number> = Object.create(null);
  readonly #restarts: Record<string, number> = Object.create(null);
  readonly #planned: Record<string, number> = Object.create(null);
  readonly #latency = { count: 0, sumMs: 0, buckets: [] as number[] };
  #now = { waiting: 0, executing: 0, oldestWaitMs: 0 };
  #any = false;

  /** Whether it was there the last time. */
  has(path: string): boolean {
    return this.#before.has(path);
  }

  begin(): void {
    this.#now = { waiting: 0, executing: 0, oldestWaitMs: 0 };
    this.#seen = new Map();
  }

  add(unit: UnitStats): void {
    this.#any = true;
    this.#seen.set(unit.path, unit);
    let before = this.#before.get(unit.path);
    // A name that went and came again counts from nothing.
    if (before && unit.accepted < before.accepted) before = undefined;
    const { restarts, planned } = unit.own ?? unit;
    const { restarts: restartsBefore, planned: plannedBefore } = before?.own ?? before ?? {};
    grow(this.#restarts, restarts, restartsBefore);
    grow(this.#planned, planned, plannedBefore);
    // A supervisor has no mail: what it says is that of children who are gone, and was told already; but for what was sent to them since.
    if (unit.kind === "supervisor") {
      grow(this.#refused, unit.own?.refused, before?.own?.refused);
      return;
    }
    for (const name of counts) this.#counted[name] += unit[name] - (before?.[name] ?? 0);
    grow(this.#failed, unit.failed, before?.failed);
    grow(this.#refused, unit.refused, before?.refused);
    const { latency } = unit;
    if (latency) {
      this.#latency.count += latency.count - (before?.latency?.count ?? 0);
      this.#latency.sumMs += latency.sumMs - (before?.latency?.sumMs ?? 0);
      const { buckets } = this.#latency;
      for (const [i, n] of latency.buckets.entries()) {
        buckets[i] = (buckets[i] ?? 0) + n - (before?.latency?.buckets[i] ?? 0);
      }
    }
    const now = this.#now;
    now.waiting += unit.waiting;
    now.executing += unit.executing;
    now.oldestWaitMs = Math.max(now.oldestWaitMs, unit.oldestWaitMs);
  }

  end(): UnitStats | undefined {
    this.#before = this.#seen;
    if (!this.#any) return undefined;
    return {
      path: "other",
      kind: "actor",
      ...this.#counted,
      ...this.#now,
      failed: this.#failed,
      refused: this.#refused,
      restarts: this.#restarts,
      planned: this.#planned,
      ...(this.#latency.buckets.length > 0 && { latency: this.#latency }),
    };
  }
}

function grow(
  sum: Record<string, number>,
  now: Readonly<Record<string, number>> = {},
  before: Readonly<Record<string, number>> = {},
): void {
  for (const [name, count] of Object.entries(now)) sum[name] = (sum[name] ?? 0) + count - (before[name] ?? 0);
}
