import type { TreeNode } from "./tree.js";

export { latencyBoundsMs } from "../mailbox/latencies.js";

/** What a system has counted, as plain data: `app.stats()`. */
export interface SystemStats {
  /** Since `system()` was called. */
  readonly uptimeMs: number;
  /** Dead letters since then, by reason: an error's code, "poison", "fenced". */
  readonly deadLetters: Counted;
  /** Death reports since then; `app.reports()` has the latest. */
  readonly reports: number;
  /** In the order of the tree, each before its parts. */
  readonly units: readonly UnitStats[];
}

/**
 * Why something was started anew though nothing had died. "hand": `restart`, by an operator or a program; "heap", "external", "rss":
 * it was over that soft limit of memory; "rule": of the monitor; "messages", "age", "memory", "growth": a pool has replaced a member
 * that was past that limit of `recycle`.
 */
export type PlannedRestart = "hand" | "heap" | "external" | "rss" | "rule" | "messages" | "age" | "memory" | "growth";

/** By code, cause or reason; what has not happened is not in it. */
export type Counted = Readonly<Record<string, number>>;

/**
 * What one unit of the tree has counted since it was added: whole numbers that only grow, but for those under "now".
 *
 *   accepted = answered + told + failed (all codes) + waiting + executing
 *
 * to the unit, between two turns of the event loop; of a durable actor that rebuilds its state, as soon as it has. Mail counts
 * where it was sent to: a pool's members and the cells of a keyed group have `partOf` and no mail of their own, the keys of a
 * group and what an actor has spawned count with it. A supervisor has no mail, and counts that of children that were removed.
 */
export interface UnitStats {
  /** As in the tree: "app/digits/2". */
  readonly path: string;
  readonly kind: TreeNode["kind"];
  /** Path of the pool or keyed group whose mail it works on: sums leave it out. */
  readonly partOf?: string;
  /** Asks and tells that it took. */
  readonly accepted: number;
  /** Asks that have a value; a stream, at its end. */
  readonly answered: number;
  /** Tells that were handled. */
  readonly told: number;
  /** Accepted, and failed: by the error's code; what a handler answered with that is no HoldfastError is "Error". */
  readonly failed: Counted;
  /** Not accepted: by the error's code. */
  readonly refused: Counted;
  /** For want of room or time, of `refused` and `failed`: Overloaded, MailboxFull, Dropped. */
  readonly shed: number;
  /** Times that a message went back after a death, to run again. */
  readonly redelivered: number;
  /** Messages that killed twice, and are not tried again. */
  readonly quarantined: number;
  /** Restarts after a death, by its cause: see DeathCause. Planned ones are none. */
  readonly restarts: Counted;
  /** Restarts that no death came before, by why: see PlannedRestart. Absent before the first. */
  readonly planned?: Counted;
  /**
   * Of a supervisor: its own of its restarts, and what was refused to those who sent to a child that was gone. The rest of what it
   * says is that of children that were removed.
   */
  readonly own?: Pick<UnitStats, "restarts" | "planned" | "refused">;
  /** Now, of a pool or keyed group: its members or cells that run, and can be handed mail. */
  readonly ready?: number;
  /** Now: accepted, and with no host. */
  readonly waiting: number;
  /** Now: with a host, and not settled: those that run, and up to 64 that were handed over behind them. */
  readonly executing: number;
  /** Now: since when the next of those that wait has been waiting, ms; 0 where none waits, or that is not known. */
  readonly oldestWaitMs: number;
  /** Of answered asks, from acceptance to outcome; absent before the first that was timed: see `App.measure`. */
  readonly latency?: LatencyStats;
  /** Now, of a thread or process of its own, as of its latest beat: V8's heap in use, bytes. */
  readonly heapBytes?: number;
  /** Held outside that heap, ArrayBuffers above all, bytes. */
  readonly externalBytes?: number;
}

/** A histogram. Each ask counts in one bucket alone. */
export interface LatencyStats {
  readonly count: number;
  readonly sumMs: number;
  /** One for each of `latencyBoundsMs`, and one for what took longer. */
  readonly buckets: readonly number[];
}
