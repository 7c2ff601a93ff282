import { DEFAULT_ASK_TIMEOUT } from "../../defaults.js";
import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError, isHoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import type { SystemContext } from "../context.js";
import type { TreePaths } from "../tree-paths.js";
import type { DeadLetters, KeptLetter, LetterFilter, RetriedLetters } from "./dead-letters.js";
import type { Entry, LetterStore } from "./letter-store.js";
import { sendAgain } from "./send-again.js";

/** Retries of several that are under way at once. */
const AT_ONCE = 64;

const filterKeys: KeysOf<LetterFilter> = { path: true, method: true, reason: true, before: true, limit: true };

interface RetryOptions {
  readonly timeout?: Duration;
}

/** What is done with the dead letters of a system: see DeadLetters. */
export class LetterBox implements DeadLetters {
  readonly #context: SystemContext;
  readonly #paths: TreePaths;
  readonly #store: LetterStore;

  constructor(context: SystemContext, paths: TreePaths) {
    this.#context = context;
    this.#paths = paths;
    this.#store = context.deaths.letterStore;
  }

  get size(): number {
    return this.#store.size;
  }

  get payloadBytes(): number {
    return this.#store.payloadBytes;
  }

  list(filter: LetterFilter = {}): readonly KeptLetter[] {
    return this.#found(filter).map(told);
  }

  get(id: number): KeptLetter | undefined {
    const entry = this.#store.get(id);
    return entry && told(entry);
  }

  async retry(id: number, options: RetryOptions = {}): Promise<unknown> {
    onlyKnownKeys(options, { timeout: true }, "retry()");
    const entry = this.#store.get(id);
    if (!entry) throw noLetter(id);
    const timeoutMs = milliseconds(options.timeout ?? DEFAULT_ASK_TIMEOUT, "timeout");
    if (entry.retrying) throw busy(id);
    const outcome = sendAgain(this.#context, this.#paths, entry, timeoutMs);
    entry.retrying = true;
    entry.retries++;
    try {
      const value = await outcome;
      this.#store.remove(id);
      return value;
    } catch (error) {
      entry.lastFailure = { at: this.#context.clock.wallTime(), code: isHoldfastError(error) ? error.code : "Error" };
      throw error;
    } finally {
      entry.retrying = false;
    }
  }

  async retryAll(filter: LetterFilter = {}, options: RetryOptions = {}): Promise<RetriedLetters> {
    const ids = this.#found(filter).map(({ letter }) => letter.id);
    const count = { succeeded: 0, failed: 0, refused: 0 };
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE).map(async (id) => {
        const before = this.#store.get(id)?.retries;
        try {
          await this.retry(id, options);
          count.succeeded++;
        } catch {
          const sent = before !== undefined && this.#store.get(id)?.retries !== before;
          if (sent) count.failed++;
          else count.refused++;
        }
      });
      await Promise.all(some);
    }
    return count;
  }

  discard(id: number): boolean {
    return this.#store.remove(id);
  }

  discardAll(filter: LetterFilter = {}): number {
    return this.#found(filter).filter(({ letter }) => this.#store.remove(letter.id)).length;
  }

  /** @throws HoldfastError InvalidSpec, InvalidValue for a filter that is none */
  #found(filter: LetterFilter): Entry[] {
    onlyKnownKeys(filter, filterKeys, "the filter");
    const { method, reason, before = Number.POSITIVE_INFINITY, limit } = filter;
    if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) {
      throw new HoldfastError("InvalidValue", `limit is ${shown(limit)}: give a whole number >= 0`);
    }
    const whole = filter.path === undefined ? undefined : this.#paths.whole(filter.path);
    const below = (path: string) => whole === undefined || path === whole || path.startsWith(`${whole}/`);
    const found = [...this.#store.entries()].filter(
      ({ letter }) =>
        letter.id < before &&
        (method === undefined || letter.method === method) &&
        (reason === undefined || letter.reason === reason) &&
        (below(letter.path) || below(letter.to)),
    );
    return limit === undefined ? found : found.slice(Math.max(0, found.length - limit));
  }
}

function told({ letter, mail, retrying, retries, lastFailure }: Entry): KeptLetter {
  const { args, why = "its arguments are not kept" } = mail;
  return {
    ...letter,
    retrying,
    retries,
    ...(args ? {} : { notRetryable: why }),
    ...(lastFailure ? { lastFailure } : {}),
  };
}

function noLetter(id: number): HoldfastError {
  return new HoldfastError(
    "InvalidValue",
    `there is no dead letter ${shown(id)}: it was discarded, sent again, or is too old`,
  );
}

function busy(id: number): HoldfastError {
  return new HoldfastError("Unavailable", `the dead letter ${id} is being retried already: wait for its outcome`);
}
