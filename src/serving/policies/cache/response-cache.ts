import { type Clock, realClock } from "../../../clock.js";
import { type Duration, milliseconds } from "../../../duration.js";
import { type HoldfastError, isHoldfastError } from "../../../errors.js";
import { type KeysOf, onlyKnownKeys } from "../../../known-keys.js";
import { invalidOption, wholeNumber } from "../check-options.js";
import { codeOf, faultOf } from "../fault-of.js";
import type { HopEvent } from "../hop-events.js";
import type { Next, Policy, PolicyCall } from "../policy.js";
import { CACHE_BYTES, CACHE_TTL } from "../policy-defaults.js";
import { Answers } from "./answers.js";
import { digestOf } from "./canonical.js";
import { Flight, type Landed } from "./flight.js";
import { copyOf, type KeptValue, keptValue } from "./kept-value.js";

/** Which answers are given again, and for how long. */
export interface CacheOptions<M extends string = string> {
  /** Bytes of answers that are kept. Default 32 MiB; those that were not asked for longest leave first. */
  maxBytes?: number;
  /** How long an answer is given again. Default 1 min. */
  ttl?: Duration;
  /** How much longer it may be given instead of an error that is not the call's own. Default 0: never. */
  staleIfError?: Duration;
  /** How long a refusal (`Refused`) is given again. Default 0: never. No other error is kept. */
  refusals?: Duration;
  /** Which methods. Default: all that are idempotent. */
  methods?: readonly M[];
  /** The `methods` named are kept although they are not idempotent: equal calls run once. Default false. */
  force?: boolean;
  /** What makes two calls equal. Default: a digest of what is in their arguments. undefined: this call is equal to none. */
  key?: (method: M, args: readonly unknown[]) => string | undefined;
}

/** What a cache has done. */
export interface CacheStatistics {
  /** Calls that were answered from it. */
  readonly hits: number;
  /** Calls for which somebody was asked. */
  readonly misses: number;
  /** Calls that waited for an equal one that was under way. */
  readonly shared: number;
  /** Answers past their time that were given instead of an error. */
  readonly stale: number;
  /** Calls whose arguments cannot be compared. */
  readonly passed: number;
  readonly entries: number;
  readonly bytes: number;
  readonly evicted: number;
}

type OwnKey = (method: string, args: readonly unknown[]) => unknown;

const cacheKeys: KeysOf<CacheOptions> = {
  maxBytes: true,
  ttl: true,
  staleIfError: true,
  refusals: true,
  methods: true,
  force: true,
  key: true,
};

/**
 * Gives an answer again to whoever asks for the same, and asks once for those who do so at the same time. Each gets a copy of its
 * own. Give the same one to several hops where they share a bound; their answers are kept apart by path.
 * @throws HoldfastError InvalidSpec for an option that cannot be what it is; its calls MissingPeer without `lru-cache`
 * @example
 * const cache = new ResponseCache({ maxBytes: 8 * 1024 * 1024, ttl: "10m" });
 * const digits = hop(app.refs.digits, { cache });
 */
export class ResponseCache implements Policy {
  readonly #answers: Answers;
  readonly #clock: Clock;
  readonly #tell: (event: HopEvent) => void;
  readonly #ttlMs: number;
  readonly #staleMs: number;
  readonly #refusalMs: number;
  readonly #methods: ReadonlySet<string> | undefined;
  readonly #force: boolean;
  readonly #key: OwnKey | undefined;
  readonly #scopes = new WeakMap<object, number>();
  #nextScope = 1;
  readonly #flights = new Map<string, Flight>();
  #missing: unknown;
  #hits = 0;
  #misses = 0;
  #shared = 0;
  #stale = 0;
  #passed = 0;
  /** What was begun before a clear() is not kept after it. */
  #cleared = 0;

  /** @param around its time, and who is told; default: the machine's clock, and nobody */
  constructor(
    options: CacheOptions = {},
    around: { readonly clock?: Clock; readonly tell?: (event: HopEvent) => void } = {},
    field = "cache",
  ) {
    onlyKnownKeys(options, cacheKeys, field);
    const { maxBytes = CACHE_BYTES, ttl = CACHE_TTL, staleIfError = 0, refusals = 0 } = options;
    const { methods, force = false, key } = options;
    if (methods !== undefined && !Array.isArray(methods)) {
      throw invalidOption(`${field}.methods`, methods, "a list of names");
    }
    if (force && !methods) throw invalidOption(`${field}.methods`, methods, "the methods that are to be forced");
    if (key !== undefined && typeof key !== "function") {
      throw invalidOption(`${field}.key`, key, "a function of method and arguments that returns text");
    }
    this.#clock = around.clock ?? realClock;
    this.#tell = around.tell ?? (() => {});
    this.#ttlMs = milliseconds(ttl, `${field}.ttl`);
    this.#staleMs = milliseconds(staleIfError, `${field}.staleIfError`);
    this.#refusalMs = milliseconds(refusals, `${field}.refusals`);
    this.#methods = methods && new Set(methods);
    this.#force = force;
    this.#key = key as OwnKey | undefined;
    this.#answers = new Answers(wholeNumber(maxBytes, `${field}.maxBytes`), this.#clock);
    this.#answers.opened().catch((error: unknown) => {
      this.#missing = error;
    });
  }

  get statistics(): CacheStatistics {
    const { entries, bytes, evicted } = this.#answers;
    return {
      hits: this.#hits,
      misses: this.#misses,
      shared: this.#shared,
      stale: this.#stale,
      passed: this.#passed,
      entries,
      bytes,
      evicted,
    };
  }

  /**
   * The package behind it is there: from now on answers are kept. Until then calls only share those under way.
   * @throws HoldfastError MissingPeer (rejects)
   */
  opened(): Promise<void> {
    return this.#answers.opened();
  }

  /** Forgets all answers: after a model was changed in place. Calls under way are not kept either. */
  clear(): void {
    this.#cleared++;
    this.#answers.clear();
    // Who asks from now on gets no answer of before.
    this.#flights.clear();
  }

  run(call: PolicyCall, next: Next): Promise<unknown> {
    if (!this.#covers(call)) return next(call);
    if (this.#missing !== undefined) return Promise.reject(this.#missing);
    let key: string | undefined;
    try {
      key = this.#keyOf(call);
    } catch (error) {
      return Promise.reject(error);
    }
    if (key === undefined) {
      this.#passed++;
      return next(call);
    }
    const found = this.#answers.find(key);
    if (found?.fresh) {
      this.#hits++;
      call.span?.event("cache hit", {});
      const { kept } = found.answer;
      return "bytes" in kept ? Promise.resolve(copyOf(kept)) : Promise.reject(kept);
    }
    return this.#flightOf(key, call, next).join(call);
  }

  #covers({ method, idempotent }: PolicyCall): boolean {
    if (this.#methods && !this.#methods.has(method)) return false;
    return idempotent || this.#force;
  }

  /** @throws HoldfastError InvalidSpec where the user's own key is no text */
  #keyOf({ path, scope, method, args, options }: PolicyCall): string | undefined {
    let own: unknown;
    if (this.#key) {
      own = this.#key(method, args);
      if (own !== undefined && typeof own !== "string") {
        throw invalidOption("cache.key()", own, "text, or undefined where a call is equal to none");
      }
    } else own = digestOf(args);
    return own === undefined
      ? undefined
      : JSON.stringify([this.#scopeOf(scope), path, options.key ?? null, method, own]);
  }

  /** Equal paths of two systems are two callees: who shares a cache gets nobody else's answers. */
  #scopeOf(scope: object): number {
    const known = this.#scopes.get(scope) ?? this.#nextScope++;
    this.#scopes.set(scope, known);
    return known;
  }

  #flightOf(key: string, call: PolicyCall, next: Next): Flight {
    const flying = this.#flights.get(key);
    if (flying) {
      this.#shared++;
      return flying;
    }
    this.#misses++;
    const cleared = this.#cleared;
    const flight: Flight = new Flight(
      {
        clock: this.#clock,
        ended: () => {
          if (this.#flights.get(key) === flight) this.#flights.delete(key);
        },
        landed: (outcome, waiting) =>
          outcome.ok
            ? this.#given(key, outcome, waiting, cleared === this.#cleared)
            : this.#failed(key, call, outcome, waiting, cleared === this.#cleared),
      },
      next,
    );
    this.#flights.set(key, flight);
    return flight;
  }

  /** The first gets the answer itself, the others copies; what cannot be copied each of them asks for. */
  #given(
    key: string,
    outcome: Extract<Landed, { ok: true }>,
    waiting: number,
    keep: boolean,
  ): readonly (Landed | "ask")[] {
    const kept = keptValue(outcome.value);
    if (kept && keep) this.#answers.keep(key, this.#aged(kept, this.#ttlMs, this.#staleMs));
    return Array.from({ length: waiting }, (_, i) => {
      if (i === 0) return outcome;
      return kept ? { ok: true, value: copyOf(kept) } : "ask";
    });
  }

  /** All get the error, or each a copy of the answer that was kept. */
  #failed(
    key: string,
    { path, method }: PolicyCall,
    outcome: Extract<Landed, { ok: false }>,
    waiting: number,
    keep: boolean,
  ): readonly Landed[] {
    const { error } = outcome;
    if (isHoldfastError(error, "Refused") && this.#refusalMs > 0 && keep) {
      this.#answers.keep(key, this.#aged(error, this.#refusalMs, 0));
    }
    const found = faultOf(error) === "call" ? undefined : this.#answers.find(key);
    const kept = found?.answer.kept;
    if (!found || !kept || !("bytes" in kept)) return new Array<Landed>(waiting).fill(outcome);
    this.#stale += waiting;
    const ageMs = this.#clock.now() - found.answer.at;
    this.#tell({ type: "stale", path, method, ageMs, code: codeOf(error) });
    return Array.from({ length: waiting }, () => ({ ok: true, value: copyOf(kept) }));
  }

  #aged(kept: KeptValue | HoldfastError, ttlMs: number, staleMs: number) {
    return { kept, at: this.#clock.now(), ttlMs, staleMs };
  }
}
