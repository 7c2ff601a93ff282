import { onAbort } from "../../../actor/on-abort.js";
import { type Duration, milliseconds } from "../../../duration.js";
import { type ErrorCode, HoldfastError, isErrorCode } from "../../../errors.js";
import { type KeysOf, onlyKnownKeys } from "../../../known-keys.js";
import { invalidOption, partOf, someTime, wholeNumber } from "../check-options.js";
import { codeOf } from "../fault-of.js";
import type { Around, Next, Policy, PolicyCall } from "../policy.js";
import { RETRY_ATTEMPTS, RETRY_BUDGET, RETRY_FIRST, RETRY_LONGEST, RETRY_SAVED } from "../policy-defaults.js";
import { TokenBucket } from "../token-bucket.js";
import { mayHaveRun, pauseBeforeRetry, type RetryRules } from "./retry-rule.js";

/** When a call is made again: see `pauseBeforeRetry`. */
export interface RetryOptions {
  /** Attempts, the first included. Default 3. */
  attempts?: number;
  /** The first pause is any part of `initial` (25 ms), each further one of twice that, at most of `max` (1 s). */
  backoff?: { initial?: Duration; factor?: number; max?: Duration };
  /** Of all calls, the part that may be made again. Default 0.2; ten are saved up. */
  budget?: number;
  /** How long one attempt may take: an idempotent call that hangs is made again. Default: until the call's deadline. */
  attemptTimeout?: Duration;
  /** Codes that say no retry is safe, after which an idempotent call is made again all the same. Default: where it may have run. */
  codes?: readonly ErrorCode[];
}

/** What a hop's retries came to. */
export interface RetryStatistics {
  readonly retries: number;
  /** Calls that had ended with an error, but for a retry. */
  readonly recovered: number;
  /** Retries that the budget did not allow. */
  readonly overBudget: number;
}

const retryKeys: KeysOf<RetryOptions> = {
  attempts: true,
  backoff: true,
  budget: true,
  attemptTimeout: true,
  codes: true,
};
const backoffKeys: KeysOf<NonNullable<RetryOptions["backoff"]>> = { initial: true, factor: true, max: true };

/** Makes calls again that failed, within a budget and never past their deadline. */
export class Retry implements Policy {
  readonly #around: Around;
  readonly #rules: RetryRules;
  readonly #attemptMs: number;
  readonly #budget: TokenBucket;
  #retries = 0;
  #recovered = 0;
  #overBudget = 0;

  constructor(options: RetryOptions, around: Around, field: string) {
    onlyKnownKeys(options, retryKeys, field);
    onlyKnownKeys(options.backoff, backoffKeys, `${field}.backoff`);
    const { attempts = RETRY_ATTEMPTS, budget = RETRY_BUDGET, codes = mayHaveRun } = options;
    const { initial = RETRY_FIRST, factor = 2, max = RETRY_LONGEST } = options.backoff ?? {};
    if (typeof factor !== "number" || !(factor >= 1)) {
      throw invalidOption(`${field}.backoff.factor`, factor, "a number of at least 1");
    }
    for (const code of codes) {
      if (!isErrorCode(code)) throw invalidOption(`${field}.codes`, code, "codes of errorTable");
    }
    this.#around = around;
    this.#rules = {
      attempts: wholeNumber(attempts, `${field}.attempts`),
      codes: new Set(codes),
      backoff: {
        initialMs: milliseconds(initial, `${field}.backoff.initial`),
        factor,
        maxMs: milliseconds(max, `${field}.backoff.max`),
        jitter: 1,
        healthyAfterMs: 0,
      },
    };
    this.#attemptMs = someTime(options.attemptTimeout ?? Number.POSITIVE_INFINITY, `${field}.attemptTimeout`);
    this.#budget = new TokenBucket(partOf(budget, `${field}.budget`), RETRY_SAVED);
  }

  get statistics(): RetryStatistics {
    return { retries: this.#retries, recovered: this.#recovered, overBudget: this.#overBudget };
  }

  async run(call: PolicyCall, next: Next): Promise<unknown> {
    const { clock, chance, tell } = this.#around;
    this.#budget.earn();
    for (let attempt = 1; ; attempt++) {
      try {
        const value = await next(this.#attempt(call));
        if (attempt > 1) this.#recovered++;
        return value;
      } catch (error) {
        const { idempotent, deadline, path, method, signal } = call;
        const now = clock.now();
        const failed = { error, attempt, idempotent, now, deadline };
        const afterMs = signal?.aborted ? undefined : pauseBeforeRetry(this.#rules, failed, chance);
        if (afterMs === undefined) throw error;
        if (!this.#budget.take()) {
          this.#overBudget++;
          throw error;
        }
        this.#retries++;
        call.span?.event("retry", { attempt: attempt + 1, code: codeOf(error), after_ms: afterMs });
        tell({ type: "retry", path, method, attempt: attempt + 1, code: codeOf(error), afterMs });
        await this.#pause(afterMs, call, error);
      }
    }
  }

  #attempt(call: PolicyCall): PolicyCall {
    if (this.#attemptMs === Number.POSITIVE_INFINITY) return call;
    return { ...call, deadline: Math.min(call.deadline, this.#around.clock.now() + this.#attemptMs) };
  }

  /** Who gives up meanwhile is told so at once. */
  #pause(ms: number, { method, signal, idempotent }: PolicyCall, cause: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#around.clock.after(ms, () => {
        forget?.();
        resolve();
      });
      const forget =
        signal &&
        onAbort(signal, () => {
          timer.cancel();
          const text = `${method}: the caller's signal fired before the next attempt`;
          reject(new HoldfastError("Cancelled", text, { cause, retryable: idempotent }));
        });
    });
  }
}
