import type { Clock, Timer } from "../../../clock.js";
import {
  beginSwap,
  outcomeOf,
  type SwapAction,
  type SwapEvent,
  type SwapPlan,
  type SwapState,
  type SwapTurn,
  swapTurn,
} from "./swap.js";
import type { SwapOutcome } from "./swap-options.js";

/** What a swap's steps are; each says what it did, in a line. */
export interface SwapCrew {
  stage(): Promise<string>;
  start(): Promise<string>;
  warm(): Promise<string>;
  check(): Promise<string>;
  promote(): Promise<string>;
  discard(): Promise<string>;
}

/** Carries a swap out: what the machine decides, it does, and says how that went. */
export class SwapRun {
  readonly ended: Promise<SwapOutcome>;
  readonly #crew: SwapCrew;
  readonly #clock: Clock;
  readonly #told: (state: SwapState) => void;
  #state: SwapState;
  #timer: Timer | undefined;
  #end: (outcome: SwapOutcome) => void = () => {};

  /** @param told each time it comes into another phase */
  constructor(plan: SwapPlan, crew: SwapCrew, clock: Clock, told: (state: SwapState) => void) {
    this.#crew = crew;
    this.#clock = clock;
    this.#told = told;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const { state, actions } = beginSwap(plan, clock.now());
    this.#state = state;
    told(state);
    for (const action of actions) this.#perform(action);
  }

  get state(): SwapState {
    return this.#state;
  }

  tell(event: SwapEvent): void {
    this.#take(swapTurn(this.#state, event, this.#clock.now()));
  }

  #take({ state, actions }: SwapTurn): void {
    const moved = state.phase !== this.#state.phase;
    this.#state = state;
    if (moved) this.#told(state);
    for (const action of actions) this.#perform(action);
  }

  #perform(action: SwapAction): void {
    switch (action.do) {
      case "split":
        // Who routes a request reads the phase.
        break;
      case "tick":
        this.#timer = this.#clock.after(action.ms, () => this.tell({ type: "tick" }), { background: true });
        break;
      case "end":
        this.#timer?.cancel();
        this.#end(outcomeOf(this.#state, this.#clock.now()));
        break;
      default:
        void this.#step(action.do);
    }
  }

  async #step(name: keyof SwapCrew): Promise<void> {
    const { phase } = this.#state;
    let event: SwapEvent;
    try {
      event = { type: "done", what: await this.#crew[name]() };
    } catch (error) {
      event = { type: "failed", why: `${(error as Error).message}` };
    }
    // Somebody wanted the old version back meanwhile: this step's end is nobody's any more.
    if (this.#state.phase === phase) this.tell(event);
  }
}
