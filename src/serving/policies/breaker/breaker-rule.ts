/**
 * Whether calls may pass, decided from how the latest ones went:
 *
 *             too many failed, or were slow
 *   closed ───────────────────────────────────▶ open ──── openMs later, with the next call ────┐
 *     ▲                                          ▲                                             ▼
 *     │                                          └──────────── one probe failed ─────────── half-open
 *     └─────────────────────────────── all probes went well ──────────────────────────────────┘
 *
 * A new state begins a new `term`; what was let through in an earlier one says nothing about this one.
 */
export type BreakerState =
  | { readonly is: "closed"; readonly term: number; readonly slices: readonly Slice[] }
  | { readonly is: "open"; readonly term: number; readonly until: number; readonly why: string }
  | {
      readonly is: "half-open";
      readonly term: number;
      /** Probes let through and those that went well. */
      readonly probes: number;
      readonly well: number;
      /** When probes that were never heard of are given up, monotonic ms. */
      readonly until: number;
    };

/** The calls that ended within a part of the window. */
export interface Slice {
  /** Number of that part since the clock began. */
  readonly at: number;
  readonly calls: number;
  readonly failed: number;
  readonly slow: number;
}

export interface BreakerRules {
  readonly failureRate: number;
  readonly slowRate: number;
  /** Longer answers are slow, ms; Infinity: none is. */
  readonly slowMs: number;
  readonly windowMs: number;
  readonly minimumCalls: number;
  readonly openMs: number;
  readonly probes: number;
}

/** How a call ended, as far as it speaks of who was asked. */
export type Verdict = "well" | "slow" | "failed" | "nothing";

export type Admission =
  | { readonly state: BreakerState; readonly admitted: true }
  | { readonly state: BreakerState; readonly admitted: false; readonly retryAfterMs: number };

/** The window is forgotten in so many steps. */
const SLICES = 10;

export function closedBreaker(term = 1): BreakerState {
  return { is: "closed", term, slices: [] };
}

/** Whether a call may pass now. */
export function admit(state: BreakerState, now: number, rules: BreakerRules): Admission {
  switch (state.is) {
    case "closed":
      return { state, admitted: true };
    case "open":
      if (now < state.until) return { state, admitted: false, retryAfterMs: Math.ceil(state.until - now) };
      return { state: halfOpen(state.term + 1, now, rules), admitted: true };
    case "half-open":
      if (state.probes < rules.probes) return { state: { ...state, probes: state.probes + 1 }, admitted: true };
      // The same term: probes that take longer than that count when they end.
      if (now >= state.until) return { state: { ...state, probes: 1, until: now + rules.openMs }, admitted: true };
      return { state, admitted: false, retryAfterMs: Math.ceil(state.until - now) };
    default:
      return state satisfies never;
  }
}

/** A call that was let through has ended. @param term of the state that let it through */
export function ended(
  state: BreakerState,
  term: number,
  verdict: Verdict,
  now: number,
  rules: BreakerRules,
): BreakerState {
  if (term !== state.term) return state;
  if (state.is === "half-open") return probed(state, verdict, now, rules);
  if (state.is === "open" || verdict === "nothing") return state;
  const slices = counted(state.slices, verdict, now, rules.windowMs);
  const why = tooMany(slices, rules);
  return why === undefined ? { ...state, slices } : { is: "open", term: term + 1, until: now + rules.openMs, why };
}

function halfOpen(term: number, now: number, { openMs }: BreakerRules): BreakerState {
  return { is: "half-open", term, probes: 1, well: 0, until: now + openMs };
}

function probed(
  state: Extract<BreakerState, { is: "half-open" }>,
  verdict: Verdict,
  now: number,
  rules: BreakerRules,
): BreakerState {
  const { term } = state;
  switch (verdict) {
    case "nothing":
      return { ...state, probes: Math.max(0, state.probes - 1) };
    case "well": {
      const well = state.well + 1;
      return well < rules.probes ? { ...state, well } : closedBreaker(term + 1);
    }
    case "slow":
    case "failed": {
      const why = verdict === "slow" ? "a probe was slow" : "a probe failed";
      return { is: "open", term: term + 1, until: now + rules.openMs, why };
    }
    default:
      return verdict satisfies never;
  }
}

function counted(slices: readonly Slice[], verdict: Verdict, now: number, windowMs: number): readonly Slice[] {
  const at = Math.floor(now / (windowMs / SLICES));
  const kept = slices.filter((slice) => slice.at > at - SLICES && slice.at <= at);
  const last = kept.at(-1);
  const open = last?.at === at ? kept.pop()! : { at, calls: 0, failed: 0, slow: 0 };
  kept.push({
    at,
    calls: open.calls + 1,
    failed: open.failed + (verdict === "failed" ? 1 : 0),
    slow: open.slow + (verdict === "slow" ? 1 : 0),
  });
  return kept;
}

/** Why it opens; undefined: it does not. */
function tooMany(slices: readonly Slice[], rules: BreakerRules): string | undefined {
  let calls = 0;
  let failed = 0;
  let slow = 0;
  for (const slice of slices) {
    calls += slice.calls;
    failed += slice.failed;
    slow += slice.slow;
  }
  if (calls < rules.minimumCalls) return undefined;
  const within = `${calls} calls within ${rules.windowMs} ms`;
  if (failed >= rules.failureRate * calls) return `${failed} of ${within} failed`;
  if (slow >= rules.slowRate * calls) return `${slow} of ${within} took longer than ${rules.slowMs} ms`;
  return undefined;
}
