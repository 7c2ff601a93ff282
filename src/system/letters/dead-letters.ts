import type { Duration } from "../../duration.js";
import type { DeadLetter } from "../death/report.js";

/** A dead letter that is kept, as it is now. */
export interface KeptLetter extends DeadLetter {
  /** Why it cannot be sent again, for people; absent where it can. */
  readonly notRetryable?: string;
  /** It was sent again, and has no outcome yet. */
  readonly retrying: boolean;
  /** How often it was sent again. */
  readonly retries: number;
  /** How the latest of these failed; one that succeeds is no dead letter any more. Milliseconds since 1970. */
  readonly lastFailure?: { readonly at: number; readonly code: string };
}

/** Which letters are meant; all where nothing is said. */
export interface LetterFilter {
  /** Where it died or was sent to; of a pool, a group or a supervisor what is below it too. */
  readonly path?: string;
  readonly method?: string;
  /** "poison", "fenced", or the code of an error. */
  readonly reason?: string;
  /** Older than this one. */
  readonly before?: number;
  /** At most so many, the newest. Default: all. */
  readonly limit?: number;
}

/** How a retry of several went. */
export interface RetriedLetters {
  /** Those that have run, and are no dead letters any more. */
  readonly succeeded: number;
  /** Those that failed again, and are kept. */
  readonly failed: number;
  /** Those that could not be sent again. */
  readonly refused: number;
}

/**
 * The dead letters of a system: tells that were lost or refused, and messages that killed twice. At most `keep` of them, and
 * `payloadMb` of their arguments, the newest; beyond that the oldest leave, or can be looked at and not sent again.
 */
export interface DeadLetters {
  /** Oldest first. */
  list(filter?: LetterFilter): readonly KeptLetter[];
  get(id: number): KeptLetter | undefined;
  /**
   * Sends it again where it was sent to, as a new ask with an outcome of its own. One that killed keeps its deaths: it is
   * quarantined again at its first kill. Where it succeeds it is no dead letter any more; where it fails it stays one.
   * @param options.timeout default 30 s
   * @returns what its handler answers; rejects with why it failed
   * @throws HoldfastError (rejects) InvalidValue: there is no such letter, or its arguments are not kept; Unavailable: it is being
   * retried, or nobody is there to take it
   * @example
   * const app = await system(supervisor({}, { digits: thread<Digits>(url, { model }) }));
   * for (const { id } of app.deadLetters.list({ reason: "MailboxFull" })) await app.deadLetters.retry(id);
   */
  retry(id: number, options?: { readonly timeout?: Duration }): Promise<unknown>;
  /** The same with several, in the order in which they died, 64 at a time. */
  retryAll(filter?: LetterFilter, options?: { readonly timeout?: Duration }): Promise<RetriedLetters>;
  /** Forgets it. One that is being retried goes on. @returns whether it was there */
  discard(id: number): boolean;
  /** @returns how many were forgotten */
  discardAll(filter?: LetterFilter): number;
  /** Letters that are kept now. */
  readonly size: number;
  /** Bytes of the arguments that are kept now, roughly. */
  readonly payloadBytes: number;
}

/** What is kept of dead letters. */
export interface DeadLetterOptions {
  /** How many letters. Default 1000; 0: none. */
  readonly keep?: number;
  /** Their arguments, MB, so that they can be sent again. Default 16; 0: none of it is kept, for the privacy of callers. */
  readonly payloadMb?: number;
}
