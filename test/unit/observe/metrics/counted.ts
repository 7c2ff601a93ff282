import { type Clock, realClock } from "../../../../src/clock.js";
import type { MetricsOptions } from "../../../../src/observe/metrics/metrics.js";
import type { App } from "../../../../src/system/app.js";
import type { SystemEvent } from "../../../../src/system/events.js";
import { latencyBoundsMs, type SystemStats, type UnitStats } from "../../../../src/system/stats.js";
import type { TreeNode } from "../../../../src/system/tree.js";

/** A unit that has counted nothing but what is given. */
export function unit(path: string, counted: Partial<UnitStats> = {}): UnitStats {
  return {
    path,
    kind: "actor",
    accepted: 0,
    answered: 0,
    told: 0,
    failed: {},
    refused: {},
    shed: 0,
    redelivered: 0,
    quarantined: 0,
    restarts: {},
    waiting: 0,
    executing: 0,
    oldestWaitMs: 0,
    ...counted,
  };
}

/** One ask in each bucket. */
export function latency(): NonNullable<UnitStats["latency"]> {
  const buckets = [...latencyBoundsMs.map(() => 1), 1];
  return { count: buckets.length, sumMs: 1234.5, buckets };
}

/** An app that has counted what is given, and tells what it is told to. */
export class Counted {
  units: UnitStats[] = [];
  deadLetters: Record<string, number> = {};
  children: TreeNode[] = [];
  /** What reading throws, if anything. */
  broken: Error | undefined;
  looks = 0;
  readonly #listeners = new Set<(event: SystemEvent) => void>();

  readonly app = {
    stats: (): SystemStats => {
      this.looks++;
      if (this.broken) throw this.broken;
      return { uptimeMs: 1500, deadLetters: this.deadLetters, reports: 0, units: this.units };
    },
    measure: () => () => {},
    tree: (): TreeNode => ({
      path: "app",
      name: "app",
      kind: "supervisor",
      state: "running",
      restarts: 0,
      children: this.children,
    }),
    subscribe: (listener: (event: SystemEvent) => void) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  } as unknown as App<unknown>;

  get listeners(): number {
    return this.#listeners.size;
  }

  tell(event: SystemEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** Options whose clock stands still until it is moved. */
export function standing(): MetricsOptions & { clock: Clock & { at: number } } {
  const clock = { ...realClock, at: 0, now: () => clock.at };
  return { clock };
}
