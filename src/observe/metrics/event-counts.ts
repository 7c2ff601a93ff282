import type { DeathReport, DeathTimes } from "../../system/death/report.js";
import type { SystemEvent } from "../../system/events.js";
import type { ActorLabels } from "./actor-labels.js";
import { Counts } from "./counts.js";
import { labelText } from "./label-text.js";
import type { MetricName } from "./metric-table.js";
import type { Labels, Samples } from "./samples.js";
import { stepBoundsMs, Times } from "./times.js";

/** The steps from a fault to service, and where each is in a report. */
const steps = {
  detect: "detectMs",
  decide: "decideMs",
  restart: "restartMs",
  warm: "warmMs",
  redeliver: "redeliverMs",
} as const satisfies Record<string, keyof DeathTimes>;

const breakerStates = { closed: 0, "half-open": 1, open: 2 } as const;

type Hear = { readonly [T in SystemEvent["type"]]?: (event: Extract<SystemEvent, { type: T }>) => void };

/** Counts what a system tells, in integers: a listener of its events. Nothing of an event is kept. */
export class EventCounts {
  readonly #labels: ActorLabels;
  readonly #plain = new Map<MetricName, { label: string; counts: Counts }>();
  /** By metric, and then by the labels of an actor, which are the same object each time. */
  readonly #ofActors = new Map<MetricName, Map<Labels, number>>();
  readonly #scaled = new Map<Labels, Counts>();
  readonly #steps = new Map(Object.keys(steps).map((step) => [step, new Times(stepBoundsMs)]));
  readonly #breakers = new Map<Labels, number>();
  readonly #thresholds = new Counts();
  readonly #acts = new Counts();
  #storeFailures = 0;
  #storeFailed = 0;
  #fallbacks = 0;
  #lingering = 0;
  #abandoned = 0;

  readonly #hear: Hear = {
    death: ({ report }) => this.#count("holdfast_deaths_total", "cause", report.cause.kind),
    report: ({ report }) => this.#reported(report),
    recycled: ({ what }) => this.#count("holdfast_recycled_total", "what", what),
    scaled: ({ path, from, to, by }) => this.#hasScaled(path, to > from ? "up" : "down", by),
    judged: ({ verdict }) => this.#count("holdfast_scaling_verdicts_total", "verdict", verdict),
    ejected: ({ path }) => this.#countOf("holdfast_ejections_total", path),
    outvoted: ({ path }) => this.#countOf("holdfast_votes_lost_total", path),
    rebuilt: ({ why }) => this.#count("holdfast_rebuilt_answers_total", "why", why),
    fenced: ({ what, count }) => this.#count("holdfast_fenced_total", "what", what, count),
    audit: ({ entry }) => this.#acts.add(`${entry.outcome} ${entry.act}`),
    threshold: ({ reading, state }) => this.#thresholds.add(`${reading} ${state}`),
    breaker: ({ path, state }) => {
      this.#breakers.set(this.#labels.of(path), breakerStates[state]);
      if (state === "open") this.#countOf("holdfast_breaker_opened_total", path);
    },
    standby: ({ path, state }) => {
      if (state === "promoted") this.#countOf("holdfast_standby_promotions_total", path);
    },
    "store-failed": () => {
      this.#storeFailures++;
      this.#storeFailed = 1;
    },
    "store-recovered": () => {
      this.#storeFailed = 0;
    },
    "state-fell-back": () => {
      this.#fallbacks++;
    },
    lingering: () => {
      this.#lingering++;
    },
    abandoned: ({ exited }) => {
      this.#abandoned += exited ? -1 : 1;
    },
  };

  constructor(labels: ActorLabels) {
    this.#labels = labels;
  }

  /** One event more. */
  heard(event: SystemEvent): void {
    // The listener of a type takes events of that type: the compiler has seen it above, and forgets it here.
    const hear = this.#hear[event.type] as ((event: SystemEvent) => void) | undefined;
    hear?.(event);
  }

  read(samples: Samples): void {
    for (const [name, { label, counts }] of this.#plain) {
      for (const [value, count] of counts) samples.add(name, count, { [label]: value });
    }
    for (const [name, counts] of this.#ofActors) for (const [labels, n] of counts) samples.add(name, n, labels);
    for (const [labels, counts] of this.#scaled) {
      for (const [key, count] of counts) {
        const [direction = "", by = ""] = key.split(" ");
        samples.add("holdfast_scaling_decisions_total", count, labels, { direction, by });
      }
    }
    for (const [step, times] of this.#steps) {
      samples.addTimes("holdfast_recovery_step_seconds", times, stepBoundsMs, { step });
    }
    for (const [labels, state] of this.#breakers) samples.add("holdfast_breaker_state", state, labels);
    for (const [key, count] of this.#thresholds) {
      const [reading = "", state = ""] = key.split(" ");
      samples.add("holdfast_thresholds_total", count, { reading, state });
    }
    for (const [key, count] of this.#acts) {
      const [outcome = "", ...act] = key.split(" ");
      samples.add("holdfast_operator_acts_total", count, { act: labelText(act.join(" ")), outcome });
    }
    samples.add("holdfast_store_failures_total", this.#storeFailures);
    samples.add("holdfast_store_failed", this.#storeFailed);
    samples.add("holdfast_state_fallbacks_total", this.#fallbacks);
    samples.add("holdfast_lingering_total", this.#lingering);
    samples.add("holdfast_abandoned_hosts", Math.max(0, this.#abandoned));
  }

  /** The same report may be told by and by: it is counted when it is complete. */
  #reported({ decision, level, times }: DeathReport): void {
    for (const [step, field] of Object.entries(steps)) {
      const ms = times[field];
      if (ms !== undefined) this.#steps.get(step)!.add(ms);
    }
    if (level !== undefined) this.#count("holdfast_recoveries_total", "level", level);
    else if (decision !== "restart") this.#count("holdfast_gave_up_total", "decision", decision);
  }

  #hasScaled(path: string, direction: "up" | "down", by: string): void {
    const labels = this.#labels.of(path);
    let counts = this.#scaled.get(labels);
    if (!counts) {
      counts = new Counts();
      this.#scaled.set(labels, counts);
    }
    counts.add(`${direction} ${by}`);
  }

  #count(name: MetricName, label: string, value: string, more = 1): void {
    let kept = this.#plain.get(name);
    if (!kept) {
      kept = { label, counts: new Counts() };
      this.#plain.set(name, kept);
    }
    kept.counts.add(value, more);
  }

  #countOf(name: MetricName, path: string): void {
    let counts = this.#ofActors.get(name);
    if (!counts) {
      counts = new Map();
      this.#ofActors.set(name, counts);
    }
    const labels = this.#labels.of(path);
    counts.set(labels, (counts.get(labels) ?? 0) + 1);
  }
}
