import type { LogLevel } from "../actor/actor-log.js";
import type { ActorFacts } from "../actor/methods.js";
import { HoldfastError } from "../errors.js";
import { decodeError } from "../transport/error-codec.js";
import type { LogFrame, Packed } from "../transport/frames.js";
import type { Host, HostEnd, Isolation } from "./host.js";

/** What a cell runs and where: the part of a child spec that a host needs. */
export interface CellSpec {
  readonly isolation: Isolation;
  /** URL of the module, or the registered name of an inline class. */
  readonly module: string;
  readonly exportName: string | undefined;
  readonly props: Packed;
  readonly heapMb: number | undefined;
  /** What it may hold before it is recycled, bytes; undefined: no limit. */
  readonly memory?: { readonly heap: number | undefined; readonly external: number | undefined } | undefined;
  /** What waits for the next death: nothing, an empty host, or one with the module and load() done. */
  readonly spare: "none" | "empty" | "loaded";
  /** How many of those stand by. Default 1. */
  readonly spares?: number;
  /** Work waits for a core now: a spare can wait too. Default: it never does. */
  readonly mailWaits?: () => boolean;
  /** Its next host is opened when the last has really left. */
  readonly exclusive: boolean;
  /** How long a spare's load() may take, ms; an actor's own start is limited by its supervisor. */
  readonly bootWithinMs: number;
  readonly path: string;
}

/** Who hears of the lines that hosts write. */
export interface HostLogs {
  /** From which level on they are sent; undefined: none is. */
  readonly level: LogLevel | undefined;
  heard(line: LogFrame, host: string): void;
}

/** A host on its way from opened to booted. A spare is one of these, parked. */
export class Booting {
  readonly host: Host;
  /** Resolves when load() is done; rejects with the reason. Undefined until `boot` is called. */
  facts: Promise<ActorFacts> | undefined;
  /** Settles when the host can take frames without waiting for its start. */
  readonly open: Promise<void>;
  readonly #logs: HostLogs | undefined;
  readonly #traced: boolean;
  #greeted = false;
  ended: HostEnd | undefined;
  /** What load() found, as soon as it is done. */
  loaded: ActorFacts | undefined;
  onEnd: (end: HostEnd) => void = () => {};
  #settle: { resolve(facts: ActorFacts): void; reject(error: Error): void } | undefined;

  /**
   * @param logs   who hears of lines that are written before an actor is there
   * @param traced messages may belong to traces
   */
  constructor(host: Host, logs?: HostLogs, traced = false) {
    this.#traced = traced;
    this.host = host;
    this.#logs = logs;
    let opened = () => {};
    this.open = new Promise((resolve) => {
      opened = resolve;
      host.onFrame = (frame) => {
        if (frame.t === "log") logs?.heard(frame, host.name);
        else if (frame.t === "hello") {
          this.#greeted = true;
          resolve();
        } else if (frame.t === "booted") {
          this.loaded = frame.facts;
          this.#settle?.resolve(frame.facts);
        } else if (frame.t === "boot-failed") this.#settle?.reject(decodeError(frame.error));
      };
    });
    host.onEnd = (end) => {
      this.ended = end;
      // One that was killed before its hello never says it; whoever waits goes on to `facts`, which says why.
      opened();
      this.#settle?.reject(endError(end));
      this.onEnd(end);
    };
  }

  /** All that was asked of it so far is done, in whatever order it was heard: hello, and load() where it was told to boot. */
  get ready(): boolean {
    return this.#greeted && (this.facts === undefined || this.loaded !== undefined);
  }

  boot(spec: CellSpec): Promise<ActorFacts> {
    this.facts ??= new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      if (this.ended) reject(endError(this.ended));
      const { module, exportName, props, path } = spec;
      const log = this.#logs?.level;
      const more = { ...(log ? { log } : {}), ...(this.#traced ? { traced: true } : {}) };
      this.host.send({ t: "boot", module, exportName, props, path, ...more });
    });
    return this.facts;
  }
}

/** What a host's end means to somebody who waited for it. */
export function endError(end: HostEnd): Error {
  switch (end.kind) {
    case "uncaught":
    case "heap":
      return end.error;
    case "exit":
      return new HoldfastError(
        "StartFailed",
        `the host ended ${end.signal ? `by ${end.signal}` : `with exit code ${end.code}`} while it was starting`,
      );
    case "killed":
      return new HoldfastError("StartFailed", "the host was killed while it was starting");
  }
}
