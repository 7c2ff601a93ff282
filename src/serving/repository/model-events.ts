import type { Availability } from "./served-models.js";
import type { SwapOutcome, SwapPhase } from "./swap/swap-options.js";

/** What a repository of models tells whoever watches it. */
export type ModelEvent =
  /** A version came into a state. */
  | {
      readonly type: "state";
      readonly name: string;
      readonly version: string;
      readonly state: Availability;
      readonly reason?: string;
    }
  /** A swap came into a phase; `why` says in numbers what brought it there. */
  | {
      readonly type: "phase";
      readonly name: string;
      readonly from: string | undefined;
      readonly to: string;
      readonly phase: SwapPhase;
      readonly why: string;
    }
  /** How a swap ended. */
  | ({ readonly type: "swapped" } & SwapOutcome)
  /** What the folder holds cannot be served, or what is loaded has gone from it. */
  | { readonly type: "folder"; readonly name: string; readonly version?: string; readonly reason: string };
