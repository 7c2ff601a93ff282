import { answeredIn, erred, nothingSeen, p99, type Seen } from "./seen.js";
import type { SwapOutcome, SwapPhase } from "./swap-options.js";
import { type ProbationRules, verdict } from "./verdict.js";

/** What a swap is to do: options, checked. */
export interface SwapPlan extends ProbationRules {
  readonly name: string;
  /** The version that answers; undefined for a first load. */
  readonly from: string | undefined;
  readonly to: string;
  /** Of the requests, on probation; 0: there is none. */
  readonly share: number;
}

export interface SwapState {
  readonly plan: SwapPlan;
  readonly phase: SwapPhase;
  readonly began: number;
  /** Of the present phase. */
  readonly since: number;
  /** What brought it here, in numbers. */
  readonly why: string;
  /** The phase in which it was decided, once it was. */
  readonly decidedIn: SwapPhase | undefined;
  readonly fresh: Seen;
  readonly old: Seen;
  readonly drift: { readonly sum: number; readonly count: number };
  readonly lastError: string | undefined;
}

export type SwapEvent =
  /** What the latest action was to do is done. */
  | { readonly type: "done"; readonly what: string }
  | { readonly type: "failed"; readonly why: string }
  | { readonly type: "answered"; readonly by: "fresh" | "old"; readonly ms: number }
  /** An answer of the new version is so far from the old one's. */
  | { readonly type: "drifted"; readonly by: number }
  /** The new version failed a request that the old one answered. */
  | { readonly type: "erred"; readonly why: string }
  /** Time passed. */
  | { readonly type: "tick" }
  /** Somebody wants the old version back. */
  | { readonly type: "abort"; readonly why: string };

export type SwapAction =
  | { readonly do: "stage" | "start" | "warm" | "check" | "split" | "promote" | "discard" | "end" }
  /** Tick in so many ms. */
  | { readonly do: "tick"; readonly ms: number };

export interface SwapTurn {
  readonly state: SwapState;
  readonly actions: readonly SwapAction[];
}

/** What follows on a step that succeeded, and what it takes. */
const steps: Partial<Record<SwapPhase, readonly [next: SwapPhase, action: SwapAction["do"] & string]>> = {
  staging: ["starting", "start"],
  starting: ["warming", "warm"],
  warming: ["golden", "check"],
  golden: ["canary", "split"],
  promoting: ["promoted", "end"],
  "rolling-back": ["rolled-back", "end"],
};

export function beginSwap(plan: SwapPlan, now: number): SwapTurn {
  const { from, to } = plan;
  const why = from === undefined ? `version ${to} is to answer` : `version ${to} is to take over from ${from}`;
  const seen = { fresh: nothingSeen, old: nothingSeen, drift: { sum: 0, count: 0 }, lastError: undefined };
  const state: SwapState = { plan, phase: "staging", began: now, since: now, why, decidedIn: undefined, ...seen };
  return { state, actions: [{ do: "stage" }] };
}

/**
 * The life of a swap. Pure.
 *
 *   staging ──▶ starting ──▶ warming ──▶ golden ──▶ canary ──▶ promoting ──▶ promoted
 *   copy and    beside the   runs that   known      a share    the old one
 *   digest      old one      nobody      answers    of the     drains, goes
 *      │           │         waits for      │       requests
 *      │           │            │           │          │ errors, p99, drift
 *      └───────────┴────────────┴───────────┴──────────┴──▶ rolling-back ──▶ rolled-back
 *                    failed, or somebody wants the old one     the new one
 *                                                              drains, goes
 *
 * Until "promoting" the old version answers, whatever happens to the new one; from then on nothing brings it back.
 */
export function swapTurn(state: SwapState, event: SwapEvent, now: number): SwapTurn {
  const { phase } = state;
  if (phase === "promoted" || phase === "rolled-back") return { state, actions: [] };
  switch (event.type) {
    case "done":
      return done(state, event.what, now);
    case "failed":
      // What cannot be cleared away does not change what was decided.
      return decided(state) ? done(state, event.why, now) : rollBack(state, event.why, now);
    case "abort":
      return decided(state) ? { state, actions: [] } : rollBack(state, event.why, now);
    case "answered":
    case "drifted":
    case "erred":
    case "tick":
      return phase === "canary" ? judged(counted(state, event), now, event.type === "tick") : { state, actions: [] };
  }
}

function done(state: SwapState, what: string, now: number): SwapTurn {
  const step = steps[state.phase];
  // The canary's time is over by a verdict, never because a step is done.
  if (!step) return { state, actions: [] };
  const [next, action] = step;
  if (next !== "canary") {
    const why = decided(state) ? state.why : what;
    return { state: { ...state, phase: next, since: now, why }, actions: [{ do: action } as SwapAction] };
  }
  if (state.plan.share === 0) return decide(state, "promoting", what, now);
  const actions: SwapAction[] = [{ do: "split" }];
  if (Number.isFinite(state.plan.withinMs)) actions.push({ do: "tick", ms: state.plan.withinMs });
  return { state: { ...state, phase: next, since: now, why: what }, actions };
}

function judged(state: SwapState, now: number, ticked: boolean): SwapTurn {
  const found = verdict(state.plan, { ...state, elapsedMs: now - state.since });
  if (!found) {
    // A timer may be early, by a part of a millisecond or for what is longer than a timer can wait.
    const left = state.since + state.plan.withinMs - now;
    return { state, actions: ticked && left > 0 ? [{ do: "tick", ms: left }] : [] };
  }
  return found.promote ? decide(state, "promoting", found.why, now) : rollBack(state, found.why, now);
}

function counted(state: SwapState, event: SwapEvent): SwapState {
  switch (event.type) {
    case "erred":
      return { ...state, fresh: erred(state.fresh), lastError: event.why };
    case "answered":
      return { ...state, [event.by]: answeredIn(state[event.by], event.ms) };
    case "drifted":
      return { ...state, drift: { sum: state.drift.sum + event.by, count: state.drift.count + 1 } };
    default:
      return state;
  }
}

function rollBack(state: SwapState, why: string, now: number): SwapTurn {
  return decide(state, "rolling-back", why, now);
}

function decide(state: SwapState, phase: "promoting" | "rolling-back", why: string, now: number): SwapTurn {
  const next = { ...state, phase, since: now, why, decidedIn: state.phase };
  return { state: next, actions: [{ do: phase === "promoting" ? "promote" : "discard" }] };
}

function decided({ decidedIn }: SwapState): boolean {
  return decidedIn !== undefined;
}

/** How it ended, once it has. */
export function outcomeOf(state: SwapState, now: number): SwapOutcome {
  const { plan, fresh, old, drift, why } = state;
  return {
    name: plan.name,
    from: plan.from,
    to: plan.to,
    result: state.phase === "promoted" ? "promoted" : "rolled-back",
    why,
    phase: state.decidedIn ?? state.phase,
    seen: {
      requests: fresh.answered + fresh.errors,
      errors: fresh.errors,
      p99: p99(fresh),
      oldP99: p99(old),
      drift: drift.sum / drift.count,
    },
    tookMs: now - state.began,
  };
}
