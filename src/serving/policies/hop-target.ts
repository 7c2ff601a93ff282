import type { CallOptions, SystemIdentity, Target } from "../../actor/ref.js";
import type { CallSpan, Sight } from "../../actor/sight.js";
import type { Clock } from "../../clock.js";
import { DEFAULT_ASK_TIMEOUT } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { awaitedOrIterated } from "./awaited-or-iterated.js";
import { codeOf } from "./fault-of.js";
import type { HopStatistics } from "./hop-options.js";
import type { Policies } from "./policies-of.js";
import type { Next, PolicyCall } from "./policy.js";
import { nextOf } from "./ref-target.js";

export interface HopParts {
  readonly target: Target;
  readonly policies: Policies;
  readonly clock: Clock;
  /** Whether the hop's maker says that a method may run twice. */
  readonly declared: (method: string) => boolean;
}

/** What stands behind a ref with policies: asks go through them, everything else goes straight to the ref. */
export class HopTarget implements Target {
  readonly #target: Target;
  readonly #clock: Clock;
  readonly #declared: (method: string) => boolean;
  readonly #policies: Policies;
  readonly #run: Next;

  constructor({ target, policies, clock, declared }: HopParts) {
    this.#target = target;
    this.#clock = clock;
    this.#declared = declared;
    this.#policies = policies;
    this.#run = policies.around(nextOf({ target, options: {} }, clock));
  }

  get path(): string {
    return this.#target.path;
  }

  get system(): SystemIdentity | undefined {
    return this.#target.system;
  }

  get sight(): Sight {
    return this.#target.sight as Sight;
  }

  get resize(): Target["resize"] {
    const target = this.#target;
    return target.resize && ((to) => target.resize!(to));
  }

  statistics(): HopStatistics {
    return this.#policies.statistics();
  }

  /** An answer that is a stream has no second attempt: those calls are the ref's own. */
  ask(method: string, args: unknown[], options: CallOptions): Promise<unknown> {
    const { sight } = this.#target;
    const facts = sight?.facts;
    if (facts?.methods[method]?.stream) return this.#target.ask(method, args, options);
    const answer = this.#ask(method, args, options, facts?.methods[method]?.idempotent);
    // Before the first start nobody knows what the answer will be.
    return facts || !sight ? answer : awaitedOrIterated(`${this.path}.${method}`, answer);
  }

  tell(method: string, args: unknown[], options: CallOptions): boolean {
    return this.#target.tell(method, args, options);
  }

  async #ask(method: string, args: unknown[], options: CallOptions, known = false): Promise<unknown> {
    const { signal, timeout = DEFAULT_ASK_TIMEOUT } = options;
    const deadline = this.#clock.now() + milliseconds(timeout, "timeout");
    if (signal?.aborted) {
      const text = `${method}: the caller's signal had already fired`;
      throw new HoldfastError("Cancelled", text, { retryable: true, cause: signal.reason });
    }
    const declared = this.#declared(method);
    const span = this.#target.sight?.span?.(`hop ${this.path}/${method}`, options.trace);
    const traced = span ? { ...options, trace: span.context } : options;
    const call: PolicyCall = {
      path: this.path,
      scope: this.#target.system ?? this.#target,
      method,
      args,
      options: declared && options.idempotent === undefined ? { ...traced, idempotent: true } : traced,
      deadline,
      signal,
      span,
      idempotent: options.idempotent ?? (declared || known),
    };
    return span ? within(span, () => this.#run(call)) : this.#run(call);
  }
}

/** It ends with the call, whatever policies made of that. */
async function within<T>(span: CallSpan, run: () => Promise<T>): Promise<T> {
  try {
    const value = await run();
    span.end(undefined);
    return value;
  } catch (error) {
    span.end(codeOf(error));
    throw error;
  }
}
