import type { Duration } from "../duration.js";
import type { HoldfastError } from "../errors.js";
import type { Keep } from "./kept-chunks.js";

export interface StreamOptions {
  /** Which actor of the keyed group; without it the server chooses a key that nobody else has. */
  readonly key?: string;
  /** The method called once per chunk; without it the one that the server names. */
  readonly method?: string;
  /** What is kept for a resume. Default "until-safe"; "all" also survives the loss of the server's state. */
  readonly keep?: Keep;
  /** Bytes up to which "all" keeps everything. Default 64 MiB. */
  readonly keepBytes?: number;
  /** How long one chunk may take at the server. Default 30 s. */
  readonly timeout?: Duration;
}

export type StreamState =
  /** Waiting for a server, at the start or after a drop; pushes are kept. */
  | { readonly state: "detached"; readonly reason: string }
  /** Results flow. `replayed` chunks are sent again, because the server's state was gone. */
  | { readonly state: "attached"; readonly resumed: boolean; readonly replayed: number }
  | { readonly state: "ended"; readonly count: number }
  | { readonly state: "failed"; readonly error: HoldfastError };

/** A stream of chunks into one keyed actor: each chunk is one ordered ask, and connections may come and go under it. */
export interface InputStream<Result = unknown, Args extends unknown[] = unknown[]> extends AsyncIterable<Result> {
  /**
   * Sends the next chunk. Resolves with its result.
   * @throws (rejects) what the handler threw; MailboxFull when too much waits; StreamLost when the server's state is gone
   */
  push(...args: Args): Promise<Result>;
  /** No more chunks. Resolves with their number when every result has arrived. */
  end(): Promise<number>;
  /** Ends it at once; the actor is released. */
  cancel(): void;
  readonly state: StreamState;
  subscribe(listener: (state: StreamState) => void): () => void;
}
