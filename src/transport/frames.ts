import type { LogLevel } from "../actor/actor-log.js";
import type { ActorFacts } from "../actor/methods.js";
import type { NotedSpan } from "../actor/note-span.js";
import type { Special } from "../mailbox/message.js";
import type { Priority } from "../protocol/priority.js";
import type { TraceContext } from "../protocol/trace-context.js";
import type { WireError } from "./error-codec.js";

/*
 * What crosses between the parent and a host. Frames carry the actor's number from the start: a host runs a cell of
 * one or more actors.
 *
 *   parent                                    host (thread, process or inline)
 *     │ ◀──────────────────────────────── hello
 *     │ boot (module, props) ───────────────▶ import, static load()      once per cell
 *     │ ◀──────────────────────────────── booted (facts) | boot-failed
 *     │ start (actor, incarnation, state) ──▶ new, restore()             once per actor incarnation
 *     │ events (some of them)* ─────────────▶ apply()*                   of an event-sourced one; then start()
 *     │ ◀──────────────────────────────── replayed*
 *     │ ◀──────────────────────────────── started | ignored | start-failed
 *     │ follow (state), events ─────────────▶ new, restore(), or apply()*  of what stands by, as its primary's state changes
 *     │ ◀──────────────────────────────── followed | start-failed
 *     │ call (seq) ─────────────────────────▶ handler
 *     │ ◀──────────────────────── part* , done (outcome, events, snapshot)
 *     │ ◀──────────────────────────────── crashed (the actor alone; seq of the message that threw)
 *     │ ◀──────────────────────────────── settled (what it had left running)
 *     │ stop ───────────────────────────────▶ handler ends, stop()       or fence: nothing is waited for
 *     │ ◀──────────────────────────────── stopped
 *     │ shut ───────────────────────────────▶ static unload(), end
 *     │ ◀──────────────────────────────── fault (last words of a dying host)
 *     │ ◀──────────────────────────────── log, at any time after boot, where that says a level
 */

/** The deadline of a call whose caller gave up before it was begun. */
export const GIVEN_UP = Number.NEGATIVE_INFINITY;

/** A value ready to cross. */
export interface Packed {
  readonly value: unknown;
  readonly special: Special;
}

export type ToHost =
  | {
      t: "boot";
      module: string;
      exportName: string | undefined;
      props: Packed;
      path: string;
      log?: LogLevel;
      /** Messages may belong to traces. */
      traced?: boolean;
    }
  | {
      t: "start";
      /** Its number in the cell: see host/actor-number.ts. */
      actor: number;
      incarnation: number;
      /** The path of what it is below. */
      above: string;
      name: string | number;
      key: string | undefined;
      /** Its own, where actors of one cell differ in them; else the cell's. */
      props: Packed | undefined;
      state: Packed | undefined;
      /** Of the class that made `state`, where that may be another than the one that runs: it is migrated. */
      version?: number | undefined;
      /** Of an event-sourced one: what has happened since `state` follows, and it starts after that. */
      rebuild?: Rebuild | undefined;
      /**
       * "standby": it is not to serve, but to be ready to. "promoted": what stands by under this number goes on as this
       * incarnation, with the state that it has. Default: it is built anew, and serves.
       */
      role?: "standby" | "promoted" | undefined;
    }
  /** A newer state for what stands by; answered by `followed`, or start-failed. Of an event-sourced one: `events`, so answered. */
  | { t: "follow"; actor: number; incarnation: number; state: Packed }
  /** A list of events, in order, all of one version (see `start`); `last`: nothing has happened since. */
  | {
      t: "events";
      actor: number;
      incarnation: number;
      events: Packed;
      version?: number | undefined;
      last: boolean;
    }
  | {
      t: "call";
      actor: number;
      incarnation: number;
      seq: number;
      method: string;
      args: Packed;
      /**
       * The caller's deadline, monotonic ms on the scale that all threads and processes of this machine share
       * (process.hrtime), so that waiting on the way is part of it. Infinity: none. GIVEN_UP: the caller has gone.
       */
      expires: number;
      /** Send a snapshot with the outcome. */
      snapshot: boolean;
      /** Its number for good, of a durable actor: see Call.sequence. */
      sequence?: number;
      /** It may be delivered again: a host that shares memory runs it on a copy of its arguments. */
      again: boolean;
      /** The trace that it belongs to, where it is sampled. */
      trace?: TraceContext | undefined;
    }
  | { t: "cancel"; actor: number; incarnation: number; seq: number }
  /** The consumer of an output stream has room for `count` more values. */
  | { t: "more"; actor: number; incarnation: number; seq: number; count: number }
  | { t: "stop"; actor: number; incarnation: number }
  /** The incarnation is over whatever it does; answered by `stopped`, after which its entries are free. */
  | { t: "fence"; actor: number; incarnation: number }
  /** An operator has its event loop blocked for so long, in a turn of its own: for all that anybody can tell it hangs. */
  | { t: "hang"; forMs: number }
  /** The answer to a host's own ask, spawn or watch. */
  | { t: "answer"; call: number; outcome: WireOutcome }
  | { t: "shut" };

/** What an event-sourced actor is told of its past when it starts. */
export interface Rebuild {
  /** Frames with events follow. */
  readonly events: boolean;
  /** So much more may happen before somebody has to keep a snapshot in their place; Infinity where nobody has to. */
  readonly roomEvents: number;
  readonly roomBytes: number;
}

/** An actor that another asks for, as data. */
export interface SpawnSpec {
  readonly isolation: "inline" | "thread" | "fork";
  /** The module's URL, or the registered name of an inline class. */
  readonly runs: string;
  /** Its props and options. */
  readonly own: Packed;
}

/** When a handler began and ended, monotonic ms. */
export interface Times {
  readonly began: number;
  readonly ended: number;
}

export type WireOutcome = { ok: true; value: Packed } | { ok: false; error: WireError };

/** A message, by its actor and its number there; 0 for the actor's start. */
export interface Origin {
  readonly actor: number;
  readonly seq: number;
}

/** A line that somebody in the host wrote, cut to a bound; told to whoever logs, and nobody waits for it. */
export interface LogFrame {
  readonly t: "log";
  readonly path: string;
  readonly key?: string;
  /** Of which incarnation; 0 where that is not known. Not by the name that routes frames to actors: it is for no actor. */
  readonly ran: number;
  readonly level: LogLevel;
  readonly text: string;
  readonly fields?: object;
  /** It was printed there. */
  readonly stream?: "stdout" | "stderr";
  /** Lines before it that were too many. */
  readonly dropped?: number;
}

export type ToParent =
  | LogFrame
  /** `name`: "thread 7", "pid 4711"; `thread`: the number Node gave the thread. */
  | { t: "hello"; name: string; thread: number }
  | { t: "booted"; facts: ActorFacts }
  | { t: "boot-failed"; error: WireError }
  /** `plain`: it has no stop() that wants to be called. */
  | { t: "started"; actor: number; incarnation: number; plain?: boolean }
  /** What stands by has taken what it was given last. */
  | { t: "followed"; actor: number; incarnation: number }
  /** It has applied one frame of events. */
  | { t: "replayed"; actor: number; incarnation: number }
  /** start() answered `ignore`: there is nothing to do, and that is no failure. */
  | { t: "ignored"; actor: number; incarnation: number }
  /** `restoring`: it was in building its state again, before start(); `hook`: what of its class threw, where that is known. */
  | {
      t: "start-failed";
      actor: number;
      incarnation: number;
      error: WireError;
      restoring?: boolean;
      hook?: string | undefined;
    }
  | { t: "part"; actor: number; incarnation: number; seq: number; value: Packed }
  | {
      t: "done";
      actor: number;
      incarnation: number;
      seq: number;
      /** The handler was entered. False: its caller gave up, or its deadline passed, before that. */
      ran: boolean;
      outcome: WireOutcome;
      state: Packed | undefined;
      /** The list of what has happened in it, in order, of an event-sourced actor; `state` is after these. */
      events?: Packed | undefined;
      /** Of a call with a trace. */
      times?: Times;
    }
  | {
      t: "crashed";
      actor: number;
      incarnation: number;
      seq: number;
      error: WireError;
      at: number;
      /** Methods of it that still run; each is heard by nobody, and `settled` follows when all have ended. */
      left: readonly string[];
      /** `seq` is 0, and a timer threw: the message that had set it, where that is known. */
      from?: number | undefined;
    }
  /** What a crash had left running has ended; `dropped` is how many outcomes nobody will hear. */
  | { t: "settled"; actor: number; incarnation: number; path: string; dropped: number }
  /** It stops by its own wish: `stopped` follows, and no mail until then. */
  | { t: "leaving"; actor: number; incarnation: number }
  /** `left`: a handler of it still runs, and `settled` follows. */
  | { t: "stopped"; actor: number; incarnation: number; left?: boolean }
  /** An incarnation that had ended threw once more, where nobody caught it: it is over, and nobody pays. */
  | { t: "late-error"; actor: number; incarnation: number; path: string; error: WireError }
  /** `from`: what had set the failed work going, as far as that is known; `seq` 0 for the actor's start. */
  | { t: "fault"; error: WireError; at: number; from?: Origin | undefined }
  | {
      t: "ask";
      actor: number;
      incarnation: number;
      /** 0 for a tell. */
      call: number;
      path: string;
      key: string | undefined;
      method: string;
      args: Packed;
      timeoutMs: number;
      idempotent: boolean;
      priority: Priority | undefined;
      /** The trace that it belongs to, where that is sampled. */
      trace?: TraceContext | undefined;
      /** The path of an asker whose incarnation is over: nobody has its number any more. */
      late: string | undefined;
    }
  /** A child of the asking incarnation; answered with its ref when it is ready. */
  | {
      t: "spawn";
      actor: number;
      incarnation: number;
      call: number;
      name: string | undefined;
      spec: SpawnSpec;
      late: string | undefined;
    }
  /** A death watch of the asking incarnation; answered when it fires, never when that incarnation ends before. */
  | { t: "watch"; actor: number; incarnation: number; call: number; path: string; key: string | undefined }
  /** Work was done for messages that are sampled. */
  | { t: "span"; actor: number; incarnation: number; span: NotedSpan }
  /** The host's own ask was given up. */
  | { t: "drop-ask"; call: number };
