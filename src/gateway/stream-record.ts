import type { Outcome } from "../mailbox/message.js";
import type { StoreChange } from "../system/durable/store.js";

/** What came of one chunk. */
export type ChunkOutcome = { readonly value: unknown } | { readonly error: unknown };

/** What is kept of one input stream beyond this process. */
export interface StreamRecord {
  /** For the ask of a chunk: what is stored of its outcome, in one batch with what the chunk changed. */
  receipt(seq: number): (outcome: Outcome) => readonly StoreChange[];
  /** A chunk came to an error, perhaps without having run. Resolves when that is durable, or cannot be. */
  failed(seq: number, error: unknown): Promise<void>;
  /** The client has every outcome up to this one. */
  acked(seq: number): void;
  /** Its end came, and its actor, a key of the group at that path, has gone for good: no state of it is needed. */
  released(path: string): Promise<void>;
  /** Nothing of it is needed any more. */
  over(): void;
}

/** What of it a new process begins with. */
export interface RestoredStream {
  /** Every chunk was answered, and its actor is gone. */
  readonly ended: boolean;
  /** The last chunk whose outcome the client has; -1 for none. */
  readonly acked: number;
  /** Of every chunk after that one that was run. */
  readonly outcomes: ReadonlyMap<number, ChunkOutcome>;
}
