import { type CallOptions, createRef, type Ref, type Target } from "../../actor/ref.js";
import { type Clock, realClock } from "../../clock.js";
import { DEFAULT_ASK_TIMEOUT } from "../../defaults.js";
import { type Duration, milliseconds } from "../../duration.js";
import { hop } from "./hop.js";
import type { HopOptions } from "./hop-options.js";
import { withinDeadline } from "./within-deadline.js";

/** What guarded work is told of its call. */
export interface GuardedCall {
  /** Fires when nobody waits any more: its caller left, its time is over, or another attempt was first. */
  readonly signal: AbortSignal;
  /** How long its caller waits, ms. */
  readonly timeoutMs: number;
}

/** The policies of work that is behind no ref. */
export interface GuardedOptions extends HopOptions {
  /** What to call it in errors and events. Default: the name of the function, or "work". */
  name?: string;
  /** How long a caller waits. Default 30 s. */
  within?: Duration;
}

/** Work with policies. */
export interface Guarded<P extends readonly unknown[], R> {
  (...args: P): Promise<R>;
  /** The same with options that apply to every call made through it. */
  with(options: Pick<CallOptions, "timeout" | "signal">): Guarded<P, R>;
}

/**
 * The policies of hop() for any work: a request to another service, a query. They are the same, in the same order; each can stand
 * alone. A call settles once, by its deadline, whatever the work does.
 * @param work gets what it is told of the call, and then its arguments; may run twice where `idempotent` is true
 * @throws HoldfastError InvalidSpec for an option that cannot be what it is
 * @example
 * const lookUp = guarded(({ signal }, id: string) => fetch(new URL(id, url), { signal }), { breaker: true, idempotent: true });
 * const response = await lookUp("42");
 */
export function guarded<P extends readonly unknown[], R>(
  work: (call: GuardedCall, ...args: P) => R | PromiseLike<R>,
  { name = work.name || "work", within = DEFAULT_ASK_TIMEOUT, ...options }: GuardedOptions,
): Guarded<P, R> {
  const clock = options.clock ?? realClock;
  const target: Target = {
    path: name,
    ask: (_method, args, call) => asked(work as unknown as Work, args, call, { clock, name }),
    tell: () => false,
  };
  milliseconds(within, `${name}.within`);
  return calledWith(hop(createRef<Runs>(target, { timeout: within }), options as HopOptions<"run">));
}

type Work = (call: GuardedCall, ...args: unknown[]) => unknown;

/** The work as a ref has it. */
interface Runs {
  run(...args: unknown[]): Promise<unknown>;
}

function calledWith<P extends readonly unknown[], R>(ref: Ref<Runs>): Guarded<P, R> {
  const call = (...args: P) => ref.ask.run(...args) as Promise<R>;
  return Object.assign(call, { with: (more: CallOptions) => calledWith<P, R>(ref.with(more)) });
}

function asked(
  work: Work,
  args: readonly unknown[],
  { timeout = DEFAULT_ASK_TIMEOUT, signal }: CallOptions,
  { clock, name }: { clock: Clock; name: string },
): Promise<unknown> {
  const timeoutMs = milliseconds(timeout, `${name}.within`);
  const deadline = clock.now() + timeoutMs;
  return withinDeadline((fires) => work({ signal: fires, timeoutMs }, ...args), {
    clock,
    deadline,
    signal,
    what: name,
  });
}
