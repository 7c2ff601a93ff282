import type { HostEnd, Isolation } from "../../host/host.js";
import type { Charge } from "../../mailbox/rare.js";
import { decodeError } from "../../transport/error-codec.js";
import type { ToParent } from "../../transport/frames.js";
import type { HungWhere } from "../cell/where.js";
import type { FlightEvent, HostRecord } from "./black-box.js";
import { hungText } from "./hung-text.js";

/** Why an actor or its host ended without being asked to. One union, for reports, decisions and people. */
export type DeathCause =
  /**
   * The handler (or start(), or restore(), or a timer of it) threw: the actor alone died, its host lives. `actor` and `seq`
   * say which message had set such a timer, where that is known.
   */
  | { kind: "threw"; error: Error; actor?: number; seq?: number }
  /**
   * An error outside any handler, or an unhandled rejection, ended the host. `actor` and `seq` say which message had set the
   * failed work going, where that is known; `seq` 0: the actor's start.
   */
  | { kind: "uncaught"; error: Error; actor?: number; seq?: number }
  /** The host ended by itself: process.exit() or a signal. */
  | { kind: "exit"; code: number | null; signal: string | null }
  /** The heap limit was reached. */
  | { kind: "heap"; error: Error }
  /**
   * One message executed for longer than its method's limit; `actor` and `seq` say which. With `seq` 0 none did: the event
   * loop was blocked by something outside every handler, and `method` is what waited for it in vain. `silentMs`: for how
   * long nothing had come from its host. `by`: who had it hang, with `app.hang()`; no message is charged with that.
   */
  | {
      kind: "hung";
      method: string;
      limitMs: number;
      ageMs: number;
      actor?: number;
      seq?: number;
      missedMs?: number;
      where?: HungWhere;
      silentMs?: number;
      by?: string;
    }
  /**
   * A handler of an incarnation that had crashed, or was ended with no time to stop, did not settle within `grace`: its host
   * went with it. Nobody of the new incarnation is to blame.
   */
  | { kind: "lingered"; method: string; incarnation: number; graceMs: number }
  /** What it did last could not be stored: it begins again with what is. */
  | { kind: "unstored"; error: Error }
  /** Somebody asked for it: an operator, a test, a chaos run. Charged to no message. */
  | { kind: "killed"; by: string }
  /** The actor or host did not become ready. */
  | { kind: "start-failed"; error: Error }
  /** It called stopSelf(): a clean end. */
  | { kind: "stopped-itself" }
  /** A supervisor used up its restart budget: its children are stopped, and the one above decides. */
  | { kind: "gave-up"; error: Error };

/** A message as it may be shown: never its payload, unless the method says `reveal`. */
export interface MessageEvidence {
  readonly method: string;
  readonly seq: number;
  /** How many deaths this message was executing at, this one included. */
  readonly deaths: number;
  readonly ranForMs: number | undefined;
  /** The form of the arguments, such as `[Float32Array(512)]`. */
  readonly shape: string;
  readonly bytes: number;
  /** First 16 hex digits of a SHA-256 of the arguments' bytes: equal payloads are recognised without being shown. */
  readonly digest: string;
  readonly args?: unknown[];
}

/** Where the milliseconds between fault and service went. A step that did not happen is undefined. */
export interface DeathTimes {
  /** Fault to notice in the parent. */
  detectMs?: number;
  /** Notice to the supervisor's decision. */
  decideMs?: number;
  /** Decision to a host that runs (0 in place, a spare, or a cold start), back-off included. */
  restartMs?: number;
  /** load(), start() and restore(). */
  warmMs?: number;
  /** Ready to the first waiting message settled; undefined where none waited. */
  redeliverMs?: number;
}

/** One per death: who, which message, why, what was done, how long it took. */
export interface DeathReport {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly path: string;
  readonly key: string | undefined;
  readonly incarnation: number;
  readonly isolation: Isolation;
  /** "thread 7", "pid 4711" or "inline". */
  readonly host: string;
  readonly cause: DeathCause;
  /** Who else was in the same cell (`cell`), and died with it: their paths. Absent where nobody was. */
  readonly together?: readonly string[];
  /** It was the replica of an actor with `standby: "hot"`: no mail was with it, and its primary serves. */
  readonly standby?: true;
  readonly executing: readonly MessageEvidence[];
  /** Had finished, and their answers were lost with the host: their callers got `ActorDied` with `finished: true`. */
  readonly answersLost: readonly MessageEvidence[];
  /** What happened to the messages that had been handed to the host. */
  redelivered: number;
  failed: number;
  poisoned: number;
  decision: "restart" | "quarantine" | "escalate" | "stop" | "pending";
  /** How it came back: the cheapest level that fitted. */
  level: "in-place" | "standby" | "spare" | "cold" | undefined;
  times: DeathTimes;
  /** What the host's record said at the end; undefined where no host was ready: it could not load, or it is a supervisor. */
  readonly record: HostRecord | undefined;
  /**
   * What happened last in its cell, oldest first: at most 256 entries of the flight recorder, those of other actors
   * in the same cell among them. Read from the record when it is first asked for.
   */
  readonly flight: readonly FlightEvent[];
  /** Only over a connection: how many earlier ones are not in `flight`. `client.admin.report(id)` has them. */
  readonly flightOmitted?: number;
}

/** A message that nobody will handle: a lost or refused tell, or the evidence of a poisoned one. */
export interface DeadLetter {
  /** Its number in this system, from 1: `app.deadLetters.retry(id)`. */
  readonly id: number;
  readonly at: number;
  /** Where it died: of a pool's message the member, once it had one. */
  readonly path: string;
  /** Where it was sent to. */
  readonly to: string;
  /** It was an ask, whose caller has its error; else a tell. */
  readonly ask: boolean;
  readonly key: string | undefined;
  readonly sender: string;
  readonly method: string;
  readonly reason: string;
  readonly incarnation: number;
  readonly shape: string;
  /** Of its arguments, roughly; 0 for what could not be sent at all. */
  readonly bytes: number;
  /** Of a message with the reason "poison": what it was, and the deaths it was charged with. */
  readonly evidence?: PoisonEvidence;
}

/** What is kept of a message that killed twice. */
export interface PoisonEvidence extends MessageEvidence {
  /** The reports of the deaths, by number, each with its cause in one line. */
  readonly charges: readonly Charge[];
}

/** One line for people. */
export function causeText(cause: DeathCause): string {
  switch (cause.kind) {
    case "threw":
      return `handler threw ${cause.error.name}: ${cause.error.message}`;
    case "uncaught":
      return `uncaught ${cause.error.name}: ${cause.error.message}`;
    case "exit":
      return cause.signal ? `ended by ${cause.signal}` : `exited with code ${cause.code}`;
    case "heap":
      return `heap limit reached: ${cause.error.message}`;
    case "hung":
      return hungText(cause);
    case "lingered":
      return `${cause.method} of incarnation ${cause.incarnation}, which was over, still ran ${cause.graceMs} ms later (grace)`;
    case "unstored":
      return cause.error.message;
    case "killed":
      return `killed by ${cause.by}`;
    case "start-failed":
      return `start failed: ${cause.error.message}`;
    case "stopped-itself":
      return "ended by itself, with stopSelf()";
    case "gave-up":
      return `gave up: ${cause.error.message}`;
  }
}

/** How an actor ended alone, as its cause. */
export function causeOfCrash({ actor, error, from }: Extract<ToParent, { t: "crashed" }>): DeathCause {
  return { kind: "threw", error: decodeError(error), ...(from === undefined ? {} : { actor, seq: from }) };
}

/** How a host ended, as the cause of its actors' death. */
export function causeOf(end: HostEnd): DeathCause {
  switch (end.kind) {
    case "uncaught":
      return { kind: "uncaught", error: end.error, ...end.from };
    case "heap":
      return { kind: "heap", error: end.error };
    case "exit":
      return { kind: "exit", code: end.code, signal: end.signal };
    case "killed":
      return { kind: "killed", by: "the runtime" };
  }
}
