import type { Origin, ToHost, ToParent } from "../transport/frames.js";
import type { ControlReader } from "./control-reader.js";
import type { DirectLine } from "./direct-line.js";

/** Where an actor runs. What each level contains is in the README's containment matrix. */
export type Isolation = "inline" | "thread" | "fork";

/** How a host ended, joined from its port, its last words and its exit into one fact. */
export type HostEnd =
  /** An uncaught error or unhandled rejection: when it was caught inside (monotonic ms), and what had set it going. */
  | { kind: "uncaught"; error: Error; at: number | undefined; from?: Origin | undefined }
  | { kind: "heap"; error: Error }
  | { kind: "exit"; code: number | null; signal: string | null }
  /** `kill()` was called, or it was shut on purpose. */
  | { kind: "killed" };

export interface HostOptions {
  /** Entries of the control block: how many messages may execute at once in this host. */
  entries: number;
  /** V8 old-generation limit in MB; undefined for Node's default. Inline hosts have none. */
  heapMb: number | undefined;
  /** The module it will be booted with at once, where that is known: it may begin to import it. */
  soon?: string | undefined;
}

/** A place where a cell of actors runs: one contract for inline, thread and process. */
export interface Host {
  readonly isolation: Isolation;
  /** "thread 7", "pid 4711", "inline"; "thread …" until it has said hello. */
  readonly name: string;
  readonly control: ControlReader;
  /** Frames of one turn travel together. Frames to an ended host are dropped. */
  send(frame: ToHost): void;
  /**
   * Ends it by force, now. `onEnd` comes at once (inline, thread: nothing that arrives later counts) or with the exit
   * (fork, 5-7 ms later: what it had written to its channel still counts); `gone` when it has really left.
   */
  kill(): void;
  /** Ends one incarnation by force, in this turn, where the host can: what it sent before still counts. */
  endActor?(actor: number, incarnation: number): void;
  /** The way to an incarnation that runs in this very thread, where its messages need no frames. */
  line?(actor: number, incarnation: number): DirectLine | undefined;
  /** Reads what it has said and this thread has not looked at yet: it may have been busy for long. */
  hear?(): void;
  /** Set by the owner. Frames that arrived before the end are delivered before it. */
  onFrame: (frame: ToParent) => void;
  /**
   * The same for a message that ended well, with a plain result: where it came without a frame. Set by the owner too, where
   * there is such a way; by default a frame is made of it.
   */
  onAnswer?: (actor: number, incarnation: number, seq: number, result: unknown) => void;
  /** Called once. */
  onEnd: (end: HostEnd) => void;
  /** Resolves when the thread or process has really exited; a thread stuck in native code may never. */
  readonly gone: Promise<void>;
}

/** Opens hosts of one isolation level. */
export interface HostProvider {
  readonly isolation: Isolation;
  open(options: HostOptions): Host;
  /** Its hosts contain nothing that a shared one would not: actors of one class share a cell, and are ended each alone. */
  readonly shares?: boolean;
  /** Ends every host that is still there. */
  close(): Promise<void>;
}
