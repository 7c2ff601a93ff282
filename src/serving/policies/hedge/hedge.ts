import { behindRef } from "../../../actor/ref.js";
import { type Duration, milliseconds } from "../../../duration.js";
import { type KeysOf, onlyKnownKeys } from "../../../known-keys.js";
import type { InnerCallOptions } from "../../../system/sent.js";
import { invalidOption, partOf } from "../check-options.js";
import { type Around, type Next, type Policy, type PolicyCall, remainingMs } from "../policy.js";
import { HEDGE_BUDGET, HEDGE_LEARN_FROM, HEDGE_METHODS, HEDGE_SAVED, HEDGE_WINDOW } from "../policy-defaults.js";
import { loadOf, nextOf } from "../ref-target.js";
import { TokenBucket } from "../token-bucket.js";
import { decideHedge, LATE, patienceAfter } from "./hedge-rule.js";
import { LatencyWindow } from "./latency-window.js";
import { race } from "./race.js";

/** When a call that takes long is made a second time. Only of idempotent methods. */
export interface HedgeOptions {
  /**
   * How long an answer may take before another member is asked too. Default: learned for each method, what 95 % of the latest 1024
   * answers did not exceed, or up to eight times that where the budget does not last for all that take longer.
   */
  after?: Duration;
  /** Of all calls, the part that may be made twice. Default 0.02; ten are saved up. */
  budget?: number;
  /** Who is asked the second time: a ref with the same methods. Default: the same ref, so another member of its pool. */
  to?: { readonly path: string };
}

/** What a hop's hedges came to. */
export interface HedgeStatistics {
  /** Calls that could have been hedged. */
  readonly calls: number;
  readonly hedged: number;
  /** Of these, those where the second answer was first. */
  readonly won: number;
  /** Late calls that were not hedged: nobody was free. */
  readonly busy: number;
  /** The same, since the budget was spent. */
  readonly overBudget: number;
}

const hedgeKeys: KeysOf<HedgeOptions> = { after: true, budget: true, to: true };

/** Asks a second time what takes longer than most, and takes the first value. */
export class Hedge implements Policy {
  readonly #around: Around;
  readonly #afterMs: number | undefined;
  readonly #budget: TokenBucket;
  readonly #to: Next | undefined;
  readonly #latencies = new Map<string, LatencyWindow>();
  /** How many times what usually is long is waited. */
  #patience = 1;
  #calls = 0;
  #hedged = 0;
  #won = 0;
  #busy = 0;
  #overBudget = 0;

  constructor(options: HedgeOptions, around: Around, field: string) {
    onlyKnownKeys(options, hedgeKeys, field);
    const { after, budget = HEDGE_BUDGET, to } = options;
    const part = partOf(budget, `${field}.budget`);
    const other = to === undefined ? undefined : behindRef(to);
    if (to !== undefined && !other) throw invalidOption(`${field}.to`, to, "a ref");
    this.#around = other ? { ...around, load: loadOf(other.target) } : around;
    this.#afterMs = after === undefined ? undefined : milliseconds(after, `${field}.after`);
    this.#budget = new TokenBucket(part, HEDGE_SAVED, 0);
    this.#to = other && nextOf(other, around.clock);
  }

  get statistics(): HedgeStatistics {
    return {
      calls: this.#calls,
      hedged: this.#hedged,
      won: this.#won,
      busy: this.#busy,
      overBudget: this.#overBudget,
    };
  }

  run(call: PolicyCall, next: Next): Promise<unknown> {
    if (!call.idempotent) return next(call);
    const { clock } = this.#around;
    const began = clock.now();
    const latencies = this.#latenciesOf(call.method);
    this.#calls++;
    this.#budget.earn();
    if (this.#budget.halfFull) this.#patience = patienceAfter(this.#patience, "saved");
    const usual = this.#afterMs === undefined ? latencies.quantile(LATE) : undefined;
    // A timer knows whole milliseconds, and would be early.
    const afterMs = usual === undefined ? this.#afterMs : Math.ceil(usual * this.#patience);
    const learn = () => latencies.add(clock.now() - began);
    if (afterMs === undefined || afterMs >= remainingMs(call, clock)) {
      const answer = next(call);
      answer.then(learn, () => {});
      return answer;
    }
    // A pool that picks members when a message is sent is told whom not to pick twice.
    const options: InnerCallOptions = { ...call.options, apart: new Set() };
    const given = { ...call, options };
    return race((signal) => next({ ...given, signal }), {
      signal: call.signal,
      late: (callback) => clock.after(afterMs, callback, { background: true }),
      second: () => (this.#asksAgain(call, afterMs) ? (signal) => (this.#to ?? next)({ ...given, signal }) : undefined),
      over: (winner) => {
        if (winner) learn();
        if (winner === "second") this.#won++;
      },
    });
  }

  #asksAgain({ path, method, span }: PolicyCall, afterMs: number): boolean {
    const { load, tell } = this.#around;
    const decision = decideHedge({ load: load(), affordable: this.#budget.has });
    if (decision === "busy") this.#busy++;
    if (decision === "budget") {
      this.#overBudget++;
      this.#patience = patienceAfter(this.#patience, "spent");
    }
    if (decision !== "ask" || !this.#budget.take()) return false;
    this.#hedged++;
    span?.event("hedge", { after_ms: afterMs });
    tell({ type: "hedge", path, method, afterMs });
    return true;
  }

  #latenciesOf(method: string): LatencyWindow {
    const name = this.#latencies.has(method) || this.#latencies.size < HEDGE_METHODS ? method : "";
    let latencies = this.#latencies.get(name);
    if (!latencies) {
      latencies = new LatencyWindow(HEDGE_WINDOW, HEDGE_LEARN_FROM);
      this.#latencies.set(name, latencies);
    }
    return latencies;
  }
}
