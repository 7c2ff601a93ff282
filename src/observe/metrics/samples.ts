import type { MetricName } from "./metric-table.js";

export type Labels = Readonly<Record<string, string>>;

/** One value, in the shape that prom-client's registry reads. */
export interface Sample {
  readonly labels: Labels;
  /** Of all values of an actor: their text is made once. */
  readonly sharedLabels: Labels;
  readonly value: number;
  /** Where it is not the metric's own: `_bucket`, `_sum`, `_count`. */
  readonly metricName?: string;
}

/** How often something took how long. */
export interface TimeCounts {
  readonly count: number;
  readonly sumMs: number;
  /** One more than there are bounds: the last is for the rest. */
  readonly buckets: readonly number[];
}

const none: Labels = {};

/** The numbers of one scrape, by metric. */
export class Samples {
  readonly #byName = new Map<MetricName, Sample[]>();

  of(name: MetricName): readonly Sample[] {
    return this.#byName.get(name) ?? [];
  }

  /** @param shared labels that other values have too: the same object each time is written faster */
  add(name: MetricName, value: number, shared: Labels = none, labels: Labels = none): void {
    this.#list(name).push({ labels, sharedLabels: shared, value });
  }

  /** @param boundsMs upper bounds, rising */
  addTimes(name: MetricName, times: TimeCounts, boundsMs: readonly number[], shared: Labels): void {
    const list = this.#list(name);
    const bucket = `${name}_bucket`;
    let below = 0;
    for (const [i, labels] of boundLabels(boundsMs).entries()) {
      below += times.buckets[i] ?? 0;
      list.push({ labels, sharedLabels: shared, value: below, metricName: bucket });
    }
    list.push({ labels: none, sharedLabels: shared, value: times.sumMs / 1000, metricName: `${name}_sum` });
    list.push({ labels: none, sharedLabels: shared, value: below, metricName: `${name}_count` });
  }

  #list(name: MetricName): Sample[] {
    let list = this.#byName.get(name);
    if (!list) {
      list = [];
      this.#byName.set(name, list);
    }
    return list;
  }
}

const known = new WeakMap<readonly number[], readonly Labels[]>();

/** `{ le: "0.005" }` for each bound, and for the rest: made once. */
function boundLabels(boundsMs: readonly number[]): readonly Labels[] {
  let labels = known.get(boundsMs);
  if (!labels) {
    labels = [...boundsMs.map((ms) => ({ le: String(ms / 1000) })), { le: "+Inf" }];
    known.set(boundsMs, labels);
  }
  return labels;
}
