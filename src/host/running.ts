import type { Call } from "../actor/call.js";
import { type NotedSpan, type NotesSpans, noteSpan } from "../actor/note-span.js";
import { HoldfastError } from "../errors.js";
import type { Packed, ToHost } from "../transport/frames.js";
import type { OutputStream } from "./output-stream.js";
import type { Persisted } from "./persisted.js";
import type { Worker } from "./worker.js";

/** A message that runs. */
export class Running {
  readonly call: Extract<ToHost, { t: "call" }>;
  /** Where it stands in the control block. */
  readonly entry: number;
  /** When it began, monotonic ms; 0 where nobody needs to know. */
  since = 0;
  cancelled = false;
  settled = false;
  stream: OutputStream | undefined = undefined;
  /** Looks whether what it was lent is as it was. */
  lent: (() => void) | undefined = undefined;
  /** The snapshot after it, where one is wanted. */
  state: Packed | undefined = undefined;
  /** What happens in it, where anything does. */
  persisted: Persisted | undefined = undefined;
  /** The same once it is over. */
  events: Packed | undefined = undefined;
  /** Made for who asks for the signal. */
  #abort: AbortController | undefined = undefined;
  #handle: Call | undefined = undefined;
  /** Its incarnation has ended, for this reason. */
  #over: HoldfastError | undefined = undefined;

  constructor(call: Extract<ToHost, { t: "call" }>, entry: number) {
    this.call = call;
    this.entry = entry;
  }

  /** Fires when its caller gives up, or its incarnation ends; fired already where that is so. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#over) this.#abort.abort(this.#over);
      else if (this.cancelled) this.#abort.abort(gaveUp());
    }
    return this.#abort.signal;
  }

  /** Nothing goes with its outcome. */
  get plain(): boolean {
    return this.state === undefined && this.events === undefined && this.call.trace === undefined;
  }

  /** What its handler holds of it, also when others run beside it. */
  handle(of: Worker): Call {
    this.#handle ??= this.#made(of);
    return this.#handle;
  }

  #made(of: Worker): Call & NotesSpans {
    const running = this;
    const { id: actor, incarnation, around } = of;
    const { trace } = this.call;
    const notes = (span: NotedSpan) => around.send({ t: "span", actor, incarnation, span });
    return {
      get signal() {
        return running.signal;
      },
      cancelled: () => running.gaveUp(of),
      get sequence() {
        return sequenceOf(of, running.call);
      },
      trace,
      ...(trace ? { [noteSpan]: notes } : {}),
      remaining: () => Math.max(0, running.call.expires - around.clock.now()),
    };
  }

  /** Asked by loops that no frame reaches. */
  gaveUp({ slot, around }: Worker): boolean {
    if (this.cancelled || this.#over !== undefined) return true;
    // Its entries are another incarnation's when that is over, and its number is given again some day.
    return !this.settled && around.control.cancelled(slot, around.facts.concurrency, this.call.seq);
  }

  /** Its caller gave up. */
  cancel(): void {
    this.cancelled = true;
    this.#abort?.abort(gaveUp());
    this.stream?.close();
  }

  /** Its incarnation ends while it runs. */
  abandon(over: HoldfastError): void {
    this.#over = over;
    this.#abort?.abort(over);
    this.stream?.close();
  }
}

function sequenceOf({ path }: Worker, { sequence }: Extract<ToHost, { t: "call" }>): number {
  if (sequence) return sequence;
  const why =
    "only messages of a durable actor have a number that outlives the process: say durable: true in its options";
  throw new HoldfastError("Unavailable", `${path}: this.call.sequence: ${why}`, { retryable: false });
}

function gaveUp(): HoldfastError {
  return new HoldfastError("Cancelled", "the caller gave up");
}
