/** Where the replica behind a primary is. */
export type ReplicaPhase =
  /** There is none and none is asked for: the primary is not up, or nothing is started any more. */
  | "off"
  /** Its start is to come. */
  | "waiting"
  /** Its host boots, or its start runs. */
  | "starting"
  /** It could take over now. */
  | "following";

export interface StandbyState {
  readonly phase: ReplicaPhase;
  /** Starts in a row that failed, and replicas that did not live long: the pause before the next one doubles with each. */
  readonly failures: number;
  /** Since when it follows, monotonic ms. */
  readonly upAt: number;
  /** Since when a state is on its way to it; undefined where none is. */
  readonly fedAt: number | undefined;
  /** It rests between two states. */
  readonly resting: boolean;
  /** There is a newer state than it was given. */
  readonly behind: boolean;
  /** The primary is to be started, and waits for the replica that is on its way. */
  readonly awaited: boolean;
}

export type StandbyEvent =
  /** The primary serves. */
  | { readonly type: "primary-up" }
  /** The primary's state has changed, and the change counts. */
  | { readonly type: "changed" }
  /** The primary is to be started. */
  | { readonly type: "wanted" }
  /** Whoever wanted it does not wait any more. */
  | { readonly type: "unwanted" }
  /** Its time to start has come. */
  | { readonly type: "due" }
  | { readonly type: "replica-up" }
  /** It has taken the state that it was given. */
  | { readonly type: "took" }
  /** It has rested. */
  | { readonly type: "rested" }
  /** It died, or could not start. */
  | { readonly type: "replica-down" }
  /** The actor is not started again. */
  | { readonly type: "stop" };

export type StandbyAction =
  /** Answer with "due", `ms` from now. */
  | { readonly type: "open-in"; readonly ms: number }
  /** Start a replica from the newest state; answer with "replica-up" or "replica-down". */
  | { readonly type: "open" }
  /** Give it the newest state; answer with "took" or "replica-down". */
  | { readonly type: "feed" }
  /** Answer with "rested", `ms` from now. */
  | { readonly type: "rest"; readonly ms: number }
  /** End it, and forget all that was waited for. */
  | { readonly type: "drop" }
  /** To who wants the primary: it is the replica from here on. */
  | { readonly type: "promote" }
  /** To who wants the primary: there is nothing to promote. */
  | { readonly type: "cold" };

export const initialStandby: StandbyState = {
  phase: "off",
  failures: 0,
  upAt: 0,
  fedAt: undefined,
  resting: false,
  behind: false,
  awaited: false,
};

export interface StandbyPace {
  /** Before a replica is started, ms: its start competes with the restart that used the one before. */
  readonly pauseMs: number;
  /** The longest pause after failures, ms. */
  readonly longestPauseMs: number;
  /** One that followed for so long was no failure, ms. */
  readonly healthyMs: number;
  /** It rests at least so long between two states, ms. */
  readonly restMs: number;
  /** And for each ms that one took, so many: following costs one part in (this + 1) of a core. */
  readonly restFactor: number;
  /** But never longer, ms. */
  readonly longestRestMs: number;
}

/**
 * What becomes of the replica behind a primary: every decision, without a clock of its own.
 *
 *          primary-up             due                 replica-up
 *   off ───────────────▶ waiting ──────▶ starting ─────────────────▶ following ◀─┐ changed: the newest state,
 *    ▲                      ▲ ▲             │ down                    │  │  │ └────┘ one at a time, paced
 *    │                      │ └─────────────┘◀────────────────────────┘  │  │
 *    │                      │     replica-down: later and later          │  │
 *    └──────────────────────┴────────────────────────────────────────────┘  └─ wanted: promote, off; the next one
 *             stop, or wanted with nothing there: cold                         comes with primary-up
 *
 * @param now monotonic ms
 */
export function decideStandby(
  state: StandbyState,
  event: StandbyEvent,
  now: number,
  pace: StandbyPace,
): { readonly state: StandbyState; readonly actions: readonly StandbyAction[] } {
  const stay = { state, actions: [] };
  const { phase } = state;
  switch (event.type) {
    case "primary-up":
      return phase === "off" ? later(state, pace) : stay;
    case "due":
      if (phase !== "waiting") return stay;
      return { state: { ...state, phase: "starting", behind: false }, actions: [{ type: "open" }] };
    case "changed":
      return fed({ ...state, behind: phase === "starting" || phase === "following" }, now);
    case "replica-up": {
      if (phase !== "starting") return stay;
      if (state.awaited) return promoted(state);
      return fed({ ...state, phase: "following", upAt: now, fedAt: undefined, resting: false }, now);
    }
    case "took": {
      if (phase !== "following" || state.fedAt === undefined) return stay;
      const ms = Math.min(pace.longestRestMs, Math.max(pace.restMs, (now - state.fedAt) * pace.restFactor));
      return { state: { ...state, fedAt: undefined, resting: true }, actions: [{ type: "rest", ms }] };
    }
    case "rested":
      return phase === "following" && state.resting ? fed({ ...state, resting: false }, now) : stay;
    case "wanted":
      if (phase === "following") return promoted(state);
      if (phase === "starting") return { state: { ...state, awaited: true }, actions: [] };
      return { state: off(state), actions: [{ type: "drop" }, { type: "cold" }] };
    case "unwanted":
      return { state: { ...state, awaited: false }, actions: [] };
    case "replica-down":
      if (phase !== "starting" && phase !== "following") return stay;
      return down(state, now, pace);
    case "stop":
      return { state: initialStandby, actions: [{ type: "drop" }, ...(state.awaited ? [cold] : [])] };
    default:
      return event satisfies never;
  }
}

const cold: StandbyAction = { type: "cold" };

function down(state: StandbyState, now: number, pace: StandbyPace) {
  const wasHealthy = state.phase === "following" && now - state.upAt >= pace.healthyMs;
  const failed = { ...state, failures: wasHealthy ? 0 : state.failures + 1 };
  // Both are gone: the next replica comes when the primary is up again.
  if (state.awaited) return { state: off(failed), actions: [cold] };
  return later(failed, pace);
}

function later(state: StandbyState, { pauseMs, longestPauseMs }: StandbyPace) {
  const ms = Math.min(longestPauseMs, pauseMs * 2 ** state.failures);
  return { state: { ...off(state), phase: "waiting" as const }, actions: [{ type: "open-in" as const, ms }] };
}

function off({ failures }: StandbyState): StandbyState {
  return { ...initialStandby, failures };
}

function promoted(state: StandbyState) {
  return { state: off({ ...state, failures: 0 }), actions: [{ type: "promote" as const }] };
}

/** Only the newest state goes, and only when the one before was taken: following never piles up. */
function fed(state: StandbyState, now: number) {
  const goes = state.phase === "following" && state.behind && state.fedAt === undefined && !state.resting;
  if (!goes) return { state, actions: [] };
  return { state: { ...state, behind: false, fedAt: now }, actions: [{ type: "feed" as const }] };
}
