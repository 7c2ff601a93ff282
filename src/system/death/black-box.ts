import type { Phase } from "../../host/control-block.js";
import { type FlightKind, readFlight } from "../../host/flight-log.js";
import type { Cell } from "../cell/cell.js";

/** One event of a flight recorder: what, whose, when. Never a payload; a note is the actor's own words. */
export interface FlightEvent {
  /** Milliseconds since 1970, with a fraction: differences are exact, as far as the host looked at its clock. */
  readonly at: number;
  /** Of the actor; undefined for one that had left the cell before the death. */
  readonly path: string | undefined;
  readonly key: string | undefined;
  /** Number of the actor in this system: tells actors apart whose path is not known any more. */
  readonly actor: number;
  readonly incarnation: number;
  /**
   * accepted: the host has the message. started: its handler was entered. settled: it has an outcome, `text` says which.
   * note: `this.note(text)`. The rest is of the actor itself.
   */
  readonly kind: FlightKind;
  readonly method?: string;
  /** Of the message; of "actor-crashed" that which threw. */
  readonly seq?: number;
  /** settled: "ok", "failed" or "streamed". note: its words; absent where later notes have taken their place. */
  readonly text?: string;
}

/** What a host's record said at a death. */
export interface HostRecord {
  /** What it was doing. */
  readonly phase: Phase;
  /** How long ago its event loop had last turned with work in it, ms; undefined where it has no beat (inline). */
  readonly beatAgeMs: number | undefined;
  /** Bytes of its V8 heap in use as of that beat, uncollected garbage included; undefined inline. */
  readonly heap: number | undefined;
  /** Bytes held outside that heap (ArrayBuffers) as of that beat; undefined inline. */
  readonly external: number | undefined;
  /** Sequence number of the actor's message that ended last, 0 for none; one for each that may run at once. */
  readonly finished: readonly number[];
}

/** Where somebody died. */
export interface Wreck {
  readonly cell: Cell;
  /** Its first entry in the control block; undefined where it was the whole cell. */
  readonly entry: number | undefined;
}

/** Who an actor was, by its number. */
type Name = { readonly path: string; readonly key?: string | undefined };

/** What is left of a host to read, copied at the death: the host may live on, and write over it. */
export class BlackBox {
  readonly record: HostRecord;
  readonly #ring: ArrayBuffer;
  readonly #names: { get(actor: number): Name | undefined };
  readonly #methods: readonly string[];

  /** @param now monotonic ms */
  constructor({ cell, entry }: Wreck, now: number) {
    const { control } = cell.host;
    const beat = control.beat();
    const { heap, external } = control.memory();
    this.record = {
      phase: control.phase(),
      beatAgeMs: beat === 0 ? undefined : Math.max(0, now - beat),
      heap: beat === 0 ? undefined : heap,
      external: beat === 0 ? undefined : external,
      finished: entry === undefined ? [] : control.finished(entry, cell.facts.concurrency),
    };
    this.#ring = control.flight();
    this.#names = cell.roll;
    this.#methods = Object.keys(cell.facts.methods);
  }

  /**
   * The events, oldest first: some tens of microseconds, so nobody waits for it who does not look.
   * @param epoch milliseconds since 1970 at monotonic time 0
   */
  events(epoch: number): FlightEvent[] {
    return readFlight(this.#ring).map(({ at, kind, actor, incarnation, seq, method, text }) => {
      const name = this.#names.get(actor);
      const methodName = this.#methods[method - 1];
      return {
        at: epoch + at,
        path: name?.path,
        key: name?.key,
        actor,
        incarnation,
        kind,
        ...(methodName === undefined ? {} : { method: methodName }),
        ...(seq === 0 ? {} : { seq }),
        ...(text === undefined ? {} : { text }),
      };
    });
  }
}
