import type { Clock } from "../clock.js";
import { KEPT_AUDITS } from "../defaults.js";
import type { App } from "./app.js";
import type { EventFan } from "./events.js";

/** One act of an operator, done or refused. */
export interface AuditEntry {
  /** Its number in this system, from 1. */
  readonly id: number;
  /** When it was over, milliseconds since 1970. */
  readonly at: number;
  /** The address that it came from. */
  readonly address: string;
  /** The name of the token that was shown; absent where none gave the right. */
  readonly name?: string;
  /** "kill", "drain", "retry" …; "login" for a wrong token where the admin token was asked for. */
  readonly act: string;
  /** What it was done to: a path, a model, the number of a dead letter. */
  readonly on?: string;
  readonly key?: string;
  /** Its options. */
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly outcome: "done" | "refused";
  /** Of a refused one: the code of its error. */
  readonly code?: string;
  readonly tookMs: number;
  /** So many refused acts of people without the right are told by nobody before this one: too many came. */
  readonly missed?: number;
}

/** The newest acts of operators, in memory; each is told as an event too. */
export class AuditLog {
  readonly #clock: Clock;
  readonly #events: EventFan;
  readonly #kept: AuditEntry[] = [];
  #count = 0;

  constructor(clock: Clock, events: EventFan) {
    this.#clock = clock;
    this.#events = events;
  }

  record(done: Omit<AuditEntry, "id" | "at">): void {
    const entry = { id: ++this.#count, at: this.#clock.wallTime(), ...done };
    this.#kept.push(entry);
    if (this.#kept.length > KEPT_AUDITS) this.#kept.shift();
    this.#events.emit({ type: "audit", entry });
  }

  entries(): readonly AuditEntry[] {
    return this.#kept;
  }
}

const logs = new WeakMap<object, AuditLog>();

/** Remembers where the acts on a running system are written. */
export function hasAudit(app: object, log: AuditLog): void {
  logs.set(app, log);
}

/** Where the acts on it are written; undefined for what is no system of this package. */
export function auditOf(app: App<unknown>): AuditLog | undefined {
  return logs.get(app);
}
