import type { Duration } from "../duration.js";
import { HoldfastError } from "../errors.js";
import type { Outcome } from "../mailbox/message.js";
import type { WireError } from "../protocol/frames.js";
import { fromWireError, toWireError } from "../protocol/wire-error.js";
import { fromBytes, toBytes } from "../system/durable/bytes.js";
import { entityOf, mailOf } from "../system/durable/entity.js";
import type { StoreChange, StoredEntity } from "../system/durable/store.js";
import type { SystemStore } from "../system/durable/system-store.js";
import { ordinaryCopy } from "../transport/ordinary.js";
import type { ChunkOutcome, RestoredStream, StreamRecord } from "./stream-record.js";

/** Of which stream a session is. */
export interface StreamOrigin {
  readonly session: string;
  readonly to: string;
  readonly key: string;
  readonly method: string;
  readonly timeout: Duration;
}

/** One that a process before this one has left. */
export interface StreamLeft extends StreamOrigin, RestoredStream {
  readonly record: StreamRecord;
}

/** How far it has come. */
interface Begun {
  readonly acked: number;
  readonly ended: boolean;
}

/** No actor's: "!" is in no name. */
const PREFIX = "streams!";

/**
 * The input streams of durable actors in their store, each an entity of its own:
 *
 *   base, seq 1        of which stream it is                 written when it opens
 *   tail, seq n + 2    what came of chunk n                  in one batch with what chunk n changed
 *   base, seq n + 2    the same, acknowledged up to n        with each ack; outcomes up to n are dropped
 */
export class StoredStreams {
  readonly #store: SystemStore;

  constructor(store: SystemStore) {
    this.#store = store;
  }

  /** A new stream: whoever comes back to its session after the end of this process goes on with it. */
  begin(origin: StreamOrigin): StreamRecord {
    void this.#append([header(origin, -1, false)]);
    return this.#record(origin);
  }

  /** Those that were under way when the process before this one ended. What cannot be one is dropped. */
  async left(): Promise<StreamLeft[]> {
    const ids = [...this.#store.ids()].filter((id) => id.startsWith(PREFIX));
    const found = await Promise.all(ids.map(async (id) => this.#left(id, await this.#store.read(id))));
    return found.filter((stream) => stream !== undefined);
  }

  #left(id: string, entity: StoredEntity | undefined): StreamLeft | undefined {
    const base = entity?.bases[0];
    const origin = base && originIn(fromBytes(base.data));
    if (!entity || !base || !origin || id !== PREFIX + origin.session) {
      // A chunk ended after its stream had: nobody will ask for it.
      void this.#append([{ kind: "forget", id }]);
      return undefined;
    }
    const outcomes = new Map<number, ChunkOutcome>();
    const pieces = entity.tail.filter(({ seq }) => seq > base.seq);
    const last = (pieces.at(-1)?.seq ?? base.seq) - 2;
    for (let seq = origin.acked + 1; seq <= last; seq++) outcomes.set(seq, { error: endedBefore(seq) });
    for (const { seq, data } of pieces) outcomes.set(seq - 2, outcomeIn(fromBytes(data)));
    return { ...origin, outcomes, record: this.#record(origin, origin) };
  }

  #record(origin: StreamOrigin, begun: Begun = { acked: -1, ended: false }): StreamRecord {
    const id = PREFIX + origin.session;
    let { acked, ended } = begun;
    let gone = false;
    const piece = (seq: number, outcome: unknown): StoreChange => {
      return { kind: "tail", id, seq: seq + 2, data: toBytes(outcome) };
    };
    return {
      receipt: (seq) => (outcome) => (gone ? [] : [piece(seq, told(outcome))]),
      failed: (seq, error) => this.#append(gone ? [] : [piece(seq, { error: toWireError(error) })]),
      acked: (seq) => {
        acked = seq;
        if (gone) return;
        void this.#append([header(origin, acked, ended)]);
      },
      released: (path) => {
        ended = true;
        const actor = forgotten(entityOf(path, origin.key));
        return this.#append(gone ? actor : [header(origin, acked, ended), ...actor]);
      },
      over: () => {
        // What a chunk comes to from here on is nobody's.
        gone = true;
        void this.#append([{ kind: "forget", id }]);
      },
    };
  }

  /** Where nothing can be stored the actor's own calls say so; a stream goes on for as long as this process does. */
  #append(batch: readonly StoreChange[]): Promise<void> {
    return batch.length === 0 ? Promise.resolve() : this.#store.append(batch).catch(() => {});
  }
}

function header({ session, to, key, method, timeout }: StreamOrigin, acked: number, ended: boolean): StoreChange {
  const data = toBytes({ session, to, key, method, timeout, acked, ended });
  return { kind: "base", id: PREFIX + session, seq: acked + 2, data };
}

/** An actor's state, and the mail that waits for it. */
function forgotten(id: string): StoreChange[] {
  return [
    { kind: "forget", id },
    { kind: "forget", id: mailOf(id) },
  ];
}

function originIn(value: unknown): (StreamOrigin & Begun) | undefined {
  const { session, to, key, method, timeout, acked, ended } = (value ?? {}) as Record<string, unknown>;
  const texts = [session, to, key, method].every((text) => typeof text === "string");
  const timed = typeof timeout === "number" || typeof timeout === "string";
  if (!texts || !timed || typeof acked !== "number" || typeof ended !== "boolean") return undefined;
  return value as StreamOrigin & Begun;
}

/** As it is stored. */
function told(outcome: Outcome): unknown {
  return outcome.ok ? { value: ordinaryCopy(outcome.value) } : { error: toWireError(outcome.error) };
}

function outcomeIn(value: unknown): ChunkOutcome {
  const { error } = value as { readonly error?: WireError };
  return error ? { error: fromWireError(error) } : (value as ChunkOutcome);
}

function endedBefore(seq: number): HoldfastError {
  return new HoldfastError("ActorDied", `the server ended before it could say what came of chunk ${seq}`);
}
