import type { Timer } from "../../clock.js";
import type { Levers } from "../../system/levers.js";
import { Acting } from "./acting.js";
import type { MonitorSettings } from "./monitor-options.js";
import { type Reading, type ReadingName, readingKey } from "./reading.js";
import { judgeRule, quiet, type RuleChange, type RuleState } from "./rules/judge-rule.js";
import type { Rule } from "./rules/rule.js";
import { type Sampled, Sampler } from "./sampler.js";
import type { Source } from "./source.js";
import { thresholdEvent } from "./threshold-event.js";

/**
 * So much of its interval is counted at most between two readings: over more of it nobody has looked, since this thread was
 * blocked, or its process suspended. What was not seen has not held.
 */
const COUNTED = 1.5;

/** A rule and how it stands, for pages. */
export interface RuleStanding {
  /** As it is written. */
  readonly rule: string;
  readonly state: "clear" | "triggered";
  /** Why its reading is not there; absent where it is. */
  readonly missing?: string;
}

interface Watched {
  readonly rule: Rule;
  readonly acting: Acting;
  state: RuleState;
  /** Of the reading that was judged last, monotonic ms. */
  at: number | undefined;
}

/**
 * Looks at the machine, judges its rules and acts:
 *
 *   every second ─▶ sources ─▶ readings ─▶ rules: pure, by what was read ─▶ event, recycle, shed, function
 *                                └─ none, or too old: triggers nothing
 *
 * Time is counted in readings, not by the clock: what holds in one reading after the other has held.
 */
export class HostMonitor {
  readonly #levers: Levers;
  readonly #sampler: Sampler;
  readonly #rules: readonly Watched[];
  readonly #everyMs: number;
  readonly #onClose: () => void;
  #timer: Timer | undefined;
  #closed = false;

  constructor(
    levers: Levers,
    { rules, everyMs }: Pick<MonitorSettings, "rules" | "everyMs">,
    sources: readonly Source[],
    onClose = () => {},
  ) {
    this.#levers = levers;
    this.#everyMs = everyMs;
    this.#onClose = onClose;
    this.#sampler = new Sampler(sources, everyMs, () => levers.clock.now());
    this.#rules = rules.map((rule) => ({ rule, acting: new Acting(rule, levers), state: quiet, at: undefined }));
    this.#later();
  }

  readings(): readonly Reading[] {
    return this.#sampler.readings();
  }

  rules(): readonly RuleStanding[] {
    return this.#rules.map(({ rule, state }) => {
      const { name, of, key } = rule.condition;
      const missing = this.#sampler.fresh(key) ? undefined : this.#sampler.absent(name, of);
      return { rule: rule.text, state: state.phase, ...(missing === undefined ? {} : { missing }) };
    });
  }

  absent(name: ReadingName, of?: string): string | undefined {
    return this.#sampler.fresh(readingKey(name, of)) ? undefined : this.#sampler.absent(name, of);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    for (const { acting } of this.#rules) acting.release();
    this.#sampler.close();
    this.#onClose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #later(): void {
    this.#timer = this.#levers.clock.after(this.#everyMs, () => this.#look(), { background: true });
  }

  #look(): void {
    if (this.#levers.over) this.close();
    if (this.#closed) return;
    this.#sampler.look();
    for (const watched of this.#rules) {
      this.#judge(watched);
      // A function may have closed it.
      if (this.#closed) return;
    }
    this.#later();
  }

  #judge(watched: Watched): void {
    const { rule, acting, state } = watched;
    const sampled = this.#sampler.fresh(rule.condition.key);
    if (sampled && sampled.at === watched.at) return;
    const judged = judgeRule(rule, state, sampled?.reading.value, this.#passed(watched, sampled), acting.repeats);
    watched.state = judged.state;
    if (sampled) watched.at = sampled.at;
    if (judged.change) this.#tell(watched, judged.change, sampled?.reading.value);
  }

  #passed({ at }: Watched, sampled: Sampled | undefined): number {
    if (!sampled) return this.#everyMs;
    return at === undefined ? 0 : Math.min(sampled.at - at, COUNTED * sampled.everyMs);
  }

  #tell({ rule, acting, state }: Watched, change: RuleChange, value: number | undefined): void {
    const { name, of } = rule.condition;
    // Nobody has asked for it: that this machine does not tell it is no news.
    if (change === "blind" && rule.byDefault) return;
    const heldMs = state.heldMs ?? 0;
    const draft = thresholdEvent(rule, { change, value, heldMs, note: "" });
    const done = acting.act(change, draft.why);
    const note = change === "blind" ? [this.#sampler.absent(name, of), done].filter(Boolean).join("; ") : done;
    const event = note === "" ? draft : thresholdEvent(rule, { change, value, heldMs, note });
    this.#levers.emit(event);
    acting.call(event);
  }
}
