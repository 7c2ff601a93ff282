import type { BreakerEvent } from "../actor/sight.js";
import { tellListener } from "../guarded.js";
import type { ChildState } from "../supervision/life.js";
import type { AuditEntry } from "./audit.js";
import { lifeIsHeard, publishEvent } from "./channels/event-channels.js";
import type { DeadLetter, DeathReport } from "./death/report.js";
import type { StoreNews } from "./durable/store.js";

/**
 * What the system's store tells, by the same names. While it takes nothing ("store-failed"), durable actors refuse their mail
 * with StoreFailed; until "store-recovered".
 */
export type StoreEvent = Told<StoreNews>;

/** @typeParam News each kind of it becomes the type of an event */
type Told<News extends StoreNews> = News extends StoreNews
  ? Omit<News, "kind"> & { readonly type: News["kind"]; readonly about: string }
  : never;

/** What a system tells whoever listens: `app.subscribe(listener)`. */
export type SystemEvent =
  /** A child's place in its life changed. */
  | { type: "life"; path: string; state: ChildState; reason?: string }
  /** Noticed just now; the same report comes again as "report", complete, once service is back or given up. */
  | { type: "death"; report: DeathReport }
  | { type: "report"; report: DeathReport }
  | { type: "dead-letter"; letter: DeadLetter }
  /** An operator has done something over a connection, or was refused. */
  | { type: "audit"; entry: AuditEntry }
  /** Handlers of an incarnation that crashed still run after `grace`, inline, where nobody can end them. */
  | { type: "lingering"; path: string; incarnation: number; methods: readonly string[]; graceMs: number }
  /** What an incarnation sent, or would have answered, after its end: it was dropped. */
  | { type: "fenced"; path: string; incarnation: number; what: "ask" | "tell" | "outcome" | "error"; count: number }
  /**
   * It held more memory than its soft limit (or the process than its own), has finished what it executed, and is started
   * anew: no crash, charged to nobody. Bytes are those of the beat that decided; "rss": of the whole process.
   */
  | {
      type: "recycled";
      path: string;
      host: string;
      what: "heap" | "external" | "rss";
      bytes: number;
      limitBytes: number;
    }
  /**
   * A member of a pool has served long enough, and leaves: the one that takes its place, `by`, serves. `why` says it in one
   * line; value and limit are a count, ms, bytes, or bytes an hour.
   */
  | {
      type: "recycled";
      path: string;
      host: string;
      by: string;
      what: "messages" | "age" | "memory" | "growth";
      value: number;
      limit: number;
      why: string;
    }
  /**
   * It held more memory than any other when a rule of the monitor wanted the largest recycled: `tookMs` after that it had
   * finished what it executed, and is started anew. `why` says the rule and its reading.
   */
  | { type: "recycled"; path: string; host: string; what: "rule"; bytes: number; why: string; tookMs: number }
  /**
   * Such a rule wanted it recycled, and it was not: it had died, or was restarted by somebody else, first ("ended"); or it could
   * not be restarted when it had finished, and goes on ("refused").
   */
  | {
      type: "not-recycled";
      path: string;
      host: string;
      bytes: number;
      why: string;
      because: "ended" | "refused";
      tookMs: number;
    }
  | ThresholdEvent
  /**
   * A pool has members more or fewer from now on (of a keyed group: cells), those that stay down not counted. `why` says it in
   * one line; the numbers behind it are those of the moment, times in ms, where a rule decided.
   */
  | {
      type: "scaled";
      path: string;
      from: number;
      to: number;
      by: "rule" | "hand" | "judge";
      why: string;
      waiting?: number | undefined;
      oldestWaitMs?: number | undefined;
      busy?: number | undefined;
      serviceMs?: number | undefined;
      startMs?: number | undefined;
    }
  /**
   * A pool's member that was let go, since the pool shrank or another took its place, has left: `tookMs` after that it had
   * finished its work, and was stopped and forgotten. `answered`: messages, in all its incarnations.
   */
  | { type: "left"; path: string; host: string; answered: number; tookMs: number }
  /** What a pool's growth has brought. "undone": nothing, and it goes back to where it was, for a while. */
  | {
      type: "judged";
      path: string;
      from: number;
      to: number;
      verdict: "helped" | "undone" | "unclear";
      why: string;
    }
  /** A pool's member that misbehaves gets no mail for a while; `why` says in numbers what it did beside the others. */
  | { type: "ejected"; path: string; member: string; why: string; forMs: number }
  /** Members that vote did not all say the same: these are not of the `agreed` of `of` that did. `decided`: those were enough. */
  | { type: "outvoted"; path: string; method: string; members: string[]; agreed: number; of: number; decided: boolean }
  /** A member was late or its answer lost, and it was made of the answers to the `of` - 1 others of its group and their parity. */
  | { type: "rebuilt"; path: string; method: string; member: string; why: "late" | "lost"; of: number }
  /** A circuit breaker before a ref has opened, tries whether it may close, or has closed; `why` says it in numbers. */
  | BreakerEvent
  /**
   * The replica of an actor with `standby: "hot"` is on its way, could take over, has taken over, or is gone: `why` says what
   * of. Another one is made, and nothing of its primary is touched.
   */
  | { type: "standby"; path: string; state: "starting" | "ready" | "promoted" | "lost"; host?: string; why?: string }
  | StoreEvent
  /** A durable actor could not be built again from its newest snapshot, for this reason: it is built from the one before. */
  | { type: "state-fell-back"; path: string; key: string | undefined; error: Error }
  /** A thread that would not die (native code): fenced, replaced, still there until `exited`. */
  | { type: "abandoned"; path: string; host: string; exited: boolean };

/**
 * A rule of the monitor holds, acts once more while it holds, or holds no longer; "blind": its reading cannot be had any more,
 * and it is let go. See docs/monitor.md.
 */
export interface ThresholdEvent {
  readonly type: "threshold";
  /** As it is written: "memory > 90 %". */
  readonly rule: string;
  readonly state: "triggered" | "again" | "cleared" | "blind";
  /** "memory", "disk": see the table of readings. */
  readonly reading: string;
  /** Which folder, peer or device, where there are several. */
  readonly of?: string;
  /** What was read, in `unit`; absent where it could not be read any more. */
  readonly value?: number;
  /** What the rule compares it with. */
  readonly limit: number;
  /** "%", "ms", "bytes" … */
  readonly unit: string;
  /** How long the condition had held by then, ms. */
  readonly heldMs: number;
  readonly then: "alert" | "recycle-largest" | "shed" | "function";
  /** In one line, with numbers, and what was done. */
  readonly why: string;
}

export type Listener = (event: SystemEvent) => void;

/** Fans events out. A listener that throws is dropped from nothing and disturbs nobody: it is warned of. */
export class EventFan {
  readonly #system: string;
  readonly #listeners = new Set<Listener>();

  /** @param system its name, for the channels */
  constructor(system = "app") {
    this.#system = system;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Nobody listens to lives: what would be told need not be made. */
  get unheard(): boolean {
    return this.#listeners.size === 0 && !lifeIsHeard();
  }

  emit(event: SystemEvent): void {
    publishEvent(this.#system, event);
    for (const listener of this.#listeners) tellListener(listener, event, "system events");
  }
}
