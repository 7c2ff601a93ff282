import type { Clock } from "../../../clock.js";
import { realClock } from "../../../clock.js";
import { type Duration, milliseconds } from "../../../duration.js";
import { HoldfastError } from "../../../errors.js";
import { type KeysOf, onlyKnownKeys } from "../../../known-keys.js";
import { invalidOption, partOf, wholeNumber } from "../check-options.js";
import { faultOf } from "../fault-of.js";
import type { HopEvent } from "../hop-events.js";
import type { Next, Policy, PolicyCall } from "../policy.js";
import {
  BREAKER_FAILURE_RATE,
  BREAKER_MINIMUM,
  BREAKER_OPEN,
  BREAKER_PROBES,
  BREAKER_SLOW_RATE,
  BREAKER_WINDOW,
} from "../policy-defaults.js";
import { admit, type BreakerRules, type BreakerState, closedBreaker, ended, type Verdict } from "./breaker-rule.js";

/** When a breaker opens, and when it closes again. */
export interface BreakerOptions {
  /** The part of calls that fails at which it opens. Default 0.5. */
  failureRate?: number;
  /** Answers that take longer are slow. Default: none is. */
  slowAfter?: Duration;
  /** The part of calls that is slow at which it opens. Default 0.8. */
  slowRate?: number;
  /** How far it looks back. Default 10 s. */
  window?: Duration;
  /** Calls within the window below which it stays closed. Default 20. */
  minimumCalls?: number;
  /** How long it stays open. Default 5 s. */
  openFor?: Duration;
  /** Calls that must go well for it to close. Default 3. */
  probes?: number;
  /**
   * Which errors speak of who was asked. Default: all but those of the call itself (`Refused`, `InvalidValue`, `Cancelled` …) and
   * those that only say how much there is to do (`MailboxFull`, `Overloaded`).
   */
  counts?: (error: unknown) => boolean;
}

/** What a breaker has seen. */
export interface BreakerStatistics {
  readonly state: "closed" | "open" | "half-open";
  /** Calls that it did not let through. */
  readonly refused: number;
  /** How often it has opened. */
  readonly opened: number;
}

const breakerKeys: KeysOf<BreakerOptions> = {
  failureRate: true,
  slowAfter: true,
  slowRate: true,
  window: true,
  minimumCalls: true,
  openFor: true,
  probes: true,
  counts: true,
};

/**
 * A circuit breaker: while who is asked fails, calls are refused at once with `BreakerOpen` instead of waiting for it. Give the
 * same one to several hops that lead to the same place.
 * @throws HoldfastError InvalidSpec for an option that cannot be what it is
 * @example
 * const breaker = new CircuitBreaker({ failureRate: 0.3, openFor: "10s" });
 * const digits = hop(app.refs.digits, { breaker });
 */
export class CircuitBreaker implements Policy {
  readonly #clock: Clock;
  readonly #rules: BreakerRules;
  readonly #counts: (error: unknown) => boolean;
  readonly #tell: (event: HopEvent) => void;
  #state: BreakerState = closedBreaker();
  #refused = 0;
  #opened = 0;

  /** @param around its time, and who is told; default: the machine's clock, and nobody */
  constructor(
    options: BreakerOptions = {},
    around: { readonly clock?: Clock; readonly tell?: (event: HopEvent) => void } = {},
    field = "breaker",
  ) {
    onlyKnownKeys(options, breakerKeys, field);
    const {
      failureRate = BREAKER_FAILURE_RATE,
      slowRate = BREAKER_SLOW_RATE,
      minimumCalls = BREAKER_MINIMUM,
    } = options;
    const { probes = BREAKER_PROBES, counts = (error) => faultOf(error) === "callee" } = options;
    if (typeof counts !== "function") throw invalidOption(`${field}.counts`, counts, "a function of the error");
    const windowMs = milliseconds(options.window ?? BREAKER_WINDOW, `${field}.window`);
    if (!(windowMs > 0 && windowMs < Number.POSITIVE_INFINITY)) {
      throw invalidOption(`${field}.window`, options.window, "a duration above 0 that ends");
    }
    this.#clock = around.clock ?? realClock;
    this.#tell = around.tell ?? (() => {});
    this.#counts = counts;
    this.#rules = {
      failureRate: partOf(failureRate, `${field}.failureRate`),
      slowRate: partOf(slowRate, `${field}.slowRate`),
      slowMs: milliseconds(options.slowAfter ?? Number.POSITIVE_INFINITY, `${field}.slowAfter`),
      windowMs,
      minimumCalls: wholeNumber(minimumCalls, `${field}.minimumCalls`),
      openMs: milliseconds(options.openFor ?? BREAKER_OPEN, `${field}.openFor`),
      probes: wholeNumber(probes, `${field}.probes`),
    };
  }

  get statistics(): BreakerStatistics {
    return { state: this.#state.is, refused: this.#refused, opened: this.#opened };
  }

  async run(call: PolicyCall, next: Next): Promise<unknown> {
    const { path } = call;
    const began = this.#clock.now();
    const admission = admit(this.#state, began, this.#rules);
    const before = this.#state;
    this.#becomes(admission.state, path);
    if (!admission.admitted) throw this.#refusal(call, before, admission.retryAfterMs);
    const { term } = this.#state;
    // Whatever happens, it is heard of: a probe that vanished would keep the others out.
    let verdict: Verdict = "nothing";
    try {
      const value = await next(call);
      verdict = this.#clock.now() - began > this.#rules.slowMs ? "slow" : "well";
      return value;
    } catch (error) {
      if (this.#counts(error)) verdict = "failed";
      throw error;
    } finally {
      this.#becomes(ended(this.#state, term, verdict, this.#clock.now(), this.#rules), path);
    }
  }

  #becomes(state: BreakerState, path: string): void {
    const before = this.#state.is;
    this.#state = state;
    if (state.is === before) return;
    if (state.is === "open") this.#opened++;
    const why = {
      open: () => (state as Extract<BreakerState, { is: "open" }>).why,
      "half-open": () => `${this.#rules.probes} calls try whether it may close`,
      closed: () => `${this.#rules.probes} probes went well`,
    }[state.is]();
    this.#tell({ type: "breaker", path, state: state.is, why });
  }

  #refusal({ path, method }: PolicyCall, state: BreakerState, retryAfterMs: number): HoldfastError {
    this.#refused++;
    const why = state.is === "open" ? state.why : "its probes are under way";
    const text = `${path}.${method}: the breaker is ${state.is} (${why}): try again in ${retryAfterMs} ms`;
    return new HoldfastError("BreakerOpen", text, { retryAfterMs, details: { path, state: state.is } });
  }
}
