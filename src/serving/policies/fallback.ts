import { behindRef } from "../../actor/ref.js";
import { type ErrorCode, HoldfastError, isErrorCode, isHoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys } from "../../known-keys.js";
import { invalidOption } from "./check-options.js";
import { codeOf, faultOf } from "./fault-of.js";
import type { Around, Next, Policy, PolicyCall } from "./policy.js";
import { nextOf } from "./ref-target.js";
import { withinDeadline } from "./within-deadline.js";

/** A call that has failed, as a fallback is told of it. */
export interface FailedCall<M extends string = string> {
  readonly error: unknown;
  readonly method: M;
  readonly args: readonly unknown[];
  /** Fires when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** What is answered where a hop has failed. */
export interface FallbackOptions<M extends string = string> {
  /** Another ref with the same methods, or a function that makes the answer. It has until the caller's deadline. */
  to: { readonly path: string } | ((failed: FailedCall<M>) => unknown);
  /** After which codes. Default: all but those of the call itself, such as `Refused`, `InvalidValue` and `Cancelled`. */
  on?: readonly ErrorCode[];
}

/** What a hop's fallback came to. */
export interface FallbackStatistics {
  /** Calls that it was asked for. */
  readonly used: number;
  /** Of these, those for which it had no answer either. */
  readonly failed: number;
}

const fallbackKeys: KeysOf<FallbackOptions> = { to: true, on: true };

/** Asks somebody else where a call has failed. Where they fail too, the first error is the outcome. */
export class Fallback implements Policy {
  readonly #around: Around;
  readonly #to: (call: PolicyCall, error: unknown) => Promise<unknown>;
  readonly #on: ReadonlySet<ErrorCode> | undefined;
  #used = 0;
  #failed = 0;

  constructor({ to, on, ...rest }: FallbackOptions, around: Around, field: string) {
    onlyKnownKeys({ to, on, ...rest }, fallbackKeys, field);
    for (const code of on ?? []) {
      if (!isErrorCode(code)) throw invalidOption(`${field}.on`, code, "codes of errorTable");
    }
    this.#around = around;
    this.#on = on && new Set(on);
    this.#to = this.#asking(to, field);
  }

  get statistics(): FallbackStatistics {
    return { used: this.#used, failed: this.#failed };
  }

  async run(call: PolicyCall, next: Next): Promise<unknown> {
    try {
      return await next(call);
    } catch (error) {
      if (!this.#covers(error) || call.signal?.aborted) throw error;
      this.#used++;
      call.span?.event("fallback", { code: codeOf(error) });
      const told = { type: "fallback", path: call.path, method: call.method, code: codeOf(error) } as const;
      try {
        const value = await this.#to(call, error);
        this.#around.tell(told);
        return value;
      } catch (failed) {
        this.#failed++;
        this.#around.tell({ ...told, failed: codeOf(failed) });
        // A caller who gave up meanwhile is told so.
        throw isHoldfastError(failed, "Cancelled") && call.signal?.aborted ? failed : error;
      }
    }
  }

  #covers(error: unknown): boolean {
    if (this.#on) return isHoldfastError(error) && this.#on.has(error.code);
    return faultOf(error) !== "call";
  }

  #asking(to: FallbackOptions["to"], field: string): (call: PolicyCall, error: unknown) => Promise<unknown> {
    const { clock } = this.#around;
    if (typeof to === "function") {
      return ({ path, method, args, deadline, signal }, error) => {
        const what = `${path}.${method}: the fallback`;
        // One that answers at once does so after the deadline too: there is nothing to wait for.
        const late = deadline <= clock.now();
        if (!late) {
          return withinDeadline((ends) => to({ error, method, args, signal: ends }), { clock, deadline, signal, what });
        }
        const value = to({ error, method, args, signal: AbortSignal.abort() });
        if (typeof (value as { then?: unknown } | null | undefined)?.then !== "function") return Promise.resolve(value);
        Promise.resolve(value).catch(() => {});
        return Promise.reject(new HoldfastError("Timeout", `${what} began after the deadline`));
      };
    }
    const behind = behindRef(to);
    if (!behind) throw invalidOption(`${field}.to`, to, "a ref, or a function that makes the answer");
    return nextOf(behind, clock);
  }
}
