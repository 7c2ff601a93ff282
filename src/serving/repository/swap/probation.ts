import type { CallOptions } from "../../../actor/ref.js";
import type { Clock } from "../../../clock.js";
import { DEFAULT_ASK_TIMEOUT } from "../../../defaults.js";
import { milliseconds } from "../../../duration.js";
import { HoldfastError, isHoldfastError, messageOf, toError } from "../../../errors.js";
import { faultOf } from "../../policies/fault-of.js";
import type { ModelAnswer, ModelRequest } from "../../runtimes/model.js";
import type { ServedVersion } from "../version/served-version.js";
import { p99 } from "./seen.js";
import type { SwapEvent, SwapState } from "./swap.js";

export interface Probation {
  readonly fresh: ServedVersion;
  readonly old: ServedVersion;
  readonly clock: Clock;
  readonly drift: ((old: ModelAnswer, fresh: ModelAnswer, request: ModelRequest) => number) | undefined;
  readonly state: () => SwapState;
  readonly tell: (event: SwapEvent) => void;
}

/** A version on probation may always take so long, ms: a pause of the machine is not its fault. */
const PATIENCE_MS = 1000;
/** Of the old version's answers that a limit is made from. */
const ENOUGH = 10;

/**
 * Asks the version on probation; what it fails, or is late with, the old one answers within what is left of the deadline.
 *
 *   fresh ──answer──▶ caller
 *     └──error, or too late──▶ old ──answer──▶ caller      counts against the fresh one
 *                               └──the same error──▶ caller     the request's own fault
 */
export async function askOnProbation(
  probation: Probation,
  request: ModelRequest,
  options: CallOptions,
): Promise<{ answer: ModelAnswer; by: ServedVersion }> {
  const release = probation.old.hold();
  try {
    return await ask(probation, request, options);
  } finally {
    release();
  }
}

async function ask(probation: Probation, request: ModelRequest, options: CallOptions) {
  const { fresh, old, clock, drift, state, tell } = probation;
  const began = clock.now();
  const timeoutMs = milliseconds(options.timeout ?? DEFAULT_ASK_TIMEOUT, "timeout");
  // Asked at the same time, so that one pause of the machine is in both.
  const shadow = drift ? old.rehearse(request, options) : undefined;
  shadow?.catch(() => {});
  try {
    const answer = await fresh.infer(request, { ...options, timeout: patience(state(), timeoutMs) });
    tell({ type: "answered", by: "fresh", ms: clock.now() - began });
    if (shadow) void compare(probation, request, answer, shadow);
    return { answer, by: fresh };
  } catch (thrown) {
    const error = toError(thrown);
    if (options.signal?.aborted) throw error;
    const left = timeoutMs - (clock.now() - began);
    const again = fresh.repeatable || (isHoldfastError(error) && error.retryable);
    if (!(left > 0) || !again) {
      // What is wrong with a request says nothing of a version.
      if (faultOf(error) !== "call") tell({ type: "erred", why: error.message });
      throw error;
    }
    const answer = await (shadow ?? old.infer(request, { ...options, timeout: left })).catch((other: unknown) => {
      if (!sameFault(error, other) && !options.signal?.aborted) tell({ type: "erred", why: error.message });
      throw other;
    });
    tell({ type: "erred", why: error.message });
    return { answer, by: old };
  }
}

/** Half of the time, so that the old one has the other half; less where it is known to need much less. */
function patience({ plan, old }: SwapState, timeoutMs: number): number {
  const half = timeoutMs / 2;
  if (old.ms.length < ENOUGH) return half;
  return Math.min(half, Math.max(PATIENCE_MS, 2 * plan.maxLatencyRatio * p99(old)));
}

async function compare(
  { drift, tell }: Probation,
  request: ModelRequest,
  answer: ModelAnswer,
  shadow: Promise<ModelAnswer>,
): Promise<void> {
  const old = await shadow.catch(() => undefined);
  if (!old) return;
  try {
    tell({ type: "drifted", by: drift!(old, answer, request) });
  } catch (error) {
    tell({ type: "failed", why: `drift() threw: ${messageOf(error)}` });
  }
}

function sameFault(one: Error, other: unknown): boolean {
  return one instanceof HoldfastError && isHoldfastError(other, one.code);
}
