import { guarded } from "../../guarded.js";
import type { ThresholdEvent } from "../../system/events.js";
import type { Levers } from "../../system/levers.js";
import type { ShedLevel } from "../../system/shedding.js";
import { amountText } from "./amount.js";
import type { RuleChange } from "./rules/judge-rule.js";
import type { Rule } from "./rules/rule.js";

const sheds = ["", "calls of low priority are refused", "calls of low and normal priority are refused"] as const;

/** Carries out what one rule says. Nothing that it calls can stop it, or be called twice at once. */
export class Acting {
  readonly #rule: Rule;
  readonly #levers: Levers;
  #level: ShedLevel = 0;
  #calling = false;

  constructor(rule: Rule, levers: Levers) {
    this.#rule = rule;
    this.#levers = levers;
  }

  /** An action is repeated while its rule holds: recycling one more, refusing more. */
  get repeats(): boolean {
    const { then } = this.#rule;
    return then === "recycle-largest" || (then === "shed" && this.#level < 2);
  }

  /** @returns what was done, for the event; "" where that is all */
  act(change: RuleChange, why: string): string {
    const { then, condition } = this.#rule;
    const begins = change === "triggered" || change === "again";
    if (then === "shed") {
      this.#level = begins ? (Math.min(2, this.#level + 1) as ShedLevel) : 0;
      this.#levers.shed(this, this.#level);
      return this.#level === 0 ? "nothing is refused any more" : sheds[this.#level];
    }
    if (then !== "recycle-largest" || !begins) return "";
    // Processes are not in this one's memory.
    const asked = this.#levers.recycleLargest(why, condition.name === "rss");
    if (!asked) return "there is nothing that could be recycled now";
    const { path, host, bytes, forMs } = asked;
    if (forMs > 0)
      return `${path} on ${host}, asked ${amountText(forMs, "ms")} ago, still finishes its work: no other is asked`;
    return `${path} on ${host} holds most, ${amountText(bytes, "bytes")}: it is asked to finish its work and to start anew`;
  }

  /** Calls a function of the user's, when its rule is triggered: not while an earlier call of it has not settled. */
  call(event: ThresholdEvent): void {
    const { then, text } = this.#rule;
    if (typeof then !== "function" || event.state !== "triggered" || this.#calling) return;
    this.#calling = true;
    const over = () => {
      this.#calling = false;
    };
    const failed = (message: string) => {
      over();
      const warning = `the function of the monitor's rule "${text}" failed: ${message}`;
      process.emitWarning(warning, { code: "HOLDFAST_MONITOR" });
    };
    guarded(async () => {
      await then(event);
      over();
    }, failed);
  }

  /** What lasts is let go. */
  release(): void {
    if (this.#level === 0) return;
    this.#level = 0;
    this.#levers.shed(this, 0);
  }
}
