import type { LRUCache } from "lru-cache";
import type { Clock } from "../../../clock.js";
import type { HoldfastError } from "../../../errors.js";
import { importPeer } from "../../../peer.js";
import { type Age, freshness } from "./freshness.js";
import type { KeptValue } from "./kept-value.js";

/** An answer that is kept: a value, or a refusal. */
export interface KeptAnswer extends Age {
  readonly kept: KeptValue | HoldfastError;
}

/** A key, its place in the maps of the cache, and the answer around its value. */
const ENTRY_BYTES = 400;

/** A refusal: an error with its stack. */
const REFUSAL_BYTES = 2000;

/**
 * The answers that are kept, bounded in bytes; those that were not asked for longest leave first. The package behind it is
 * imported when the first one is made: until it is there nothing is found and nothing kept.
 */
export class Answers {
  readonly #clock: Clock;
  readonly #opening: Promise<void>;
  #store: LRUCache<string, KeptAnswer> | undefined;
  #evicted = 0;

  constructor(bytes: number, clock: Clock) {
    this.#clock = clock;
    this.#opening = this.#open(bytes);
    // Who asks hears of it.
    this.#opening.catch(() => {});
  }

  /** @throws HoldfastError MissingPeer (rejects) */
  opened(): Promise<void> {
    return this.#opening;
  }

  get entries(): number {
    return this.#store?.size ?? 0;
  }

  get bytes(): number {
    return this.#store?.calculatedSize ?? 0;
  }

  get evicted(): number {
    return this.#evicted;
  }

  /** One that may be given now: to all while it is fresh, instead of an error while it is stale. */
  find(key: string): { readonly answer: KeptAnswer; readonly fresh: boolean } | undefined {
    const answer = this.#store?.get(key);
    if (!answer) return undefined;
    const is = freshness(answer, this.#clock.now());
    if (is !== "gone") return { answer, fresh: is === "fresh" };
    this.#store?.delete(key);
    return undefined;
  }

  keep(key: string, answer: KeptAnswer): void {
    const size = ENTRY_BYTES + 2 * key.length + ("bytes" in answer.kept ? answer.kept.bytes : REFUSAL_BYTES);
    this.#store?.set(key, answer, { size, ttl: Math.min(Number.MAX_SAFE_INTEGER, answer.ttlMs + answer.staleMs) });
  }

  clear(): void {
    this.#store?.clear();
  }

  async #open(maxSize: number): Promise<void> {
    const { LRUCache } = await importPeer("lru-cache", () => import("lru-cache"));
    this.#store = new LRUCache<string, KeptAnswer>({
      maxSize,
      // The time is asked for each time: the package's own memory of it runs on a timer of the machine.
      ttlResolution: 0,
      // At 0 it takes a moment for none, and virtual clocks begin there.
      perf: { now: () => this.#clock.now() + 1 },
      dispose: (_answer, _key, reason) => {
        if (reason === "evict") this.#evicted++;
      },
    });
  }
}
