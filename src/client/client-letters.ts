import type { Duration } from "../duration.js";
import type { KeptLetter, LetterFilter, RetriedLetters } from "../system/letters/dead-letters.js";
import type { SendAct } from "./admin.js";

/** The server waits so long at most for all that is sent again at once. */
const ALL_TIMEOUT: Duration = "10m";

/** The dead letters of a server: see DeadLetters. What they hold stays there, and so does what a retry answers. */
export interface ClientLetters {
  /** Oldest first. @param filter `limit`: default 100, at most 1000; `before`: to read on, the id of the first one that was read */
  list(filter?: LetterFilter): Promise<readonly KeptLetter[]>;
  get(id: number): Promise<KeptLetter | undefined>;
  /** Sends it again; resolves when it has run, rejects with why not. */
  retry(id: number, options?: { timeout?: Duration }): Promise<void>;
  /** @param options.timeout of each. Default 30 s */
  retryAll(filter?: LetterFilter, options?: { timeout?: Duration }): Promise<RetriedLetters>;
  /** @returns whether it was there */
  discard(id: number): Promise<boolean>;
  /** @returns how many were forgotten */
  discardAll(filter?: LetterFilter): Promise<number>;
}

/** The same as acts. */
export function clientLetters(act: SendAct): ClientLetters {
  return {
    list: async (filter = {}) => (await act({ act: "dead-letters", with: { ...filter } })) as KeptLetter[],
    get: async (id) => ((await act({ act: "dead-letter", with: { id } })) as KeptLetter | null) ?? undefined,
    retry: async (id, options = {}) => void (await act({ act: "retry", with: { id, ...options } }, options.timeout)),
    retryAll: async (filter = {}, options = {}) =>
      (await act({ act: "retry-all", with: { ...filter, ...options } }, ALL_TIMEOUT)) as RetriedLetters,
    discard: async (id) => (await act({ act: "discard", with: { id } })) === true,
    discardAll: async (filter = {}) => (await act({ act: "discard-all", with: { ...filter } })) as number,
  };
}
