import { type MetricName, metricTable } from "./metric-table.js";
import type { Labels, Sample, Samples } from "./samples.js";

interface Told {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: "sum";
  readonly values: readonly Sample[];
}

/**
 * One metric as prom-client's registry knows them, whose values are read when they are asked for. Nothing is kept in it, so that
 * counting costs nobody anything while nobody looks.
 */
export class MetricFamily {
  readonly name: MetricName;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
  readonly aggregator = "sum";
  readonly #read: () => Samples;

  constructor(name: MetricName, read: () => Samples) {
    const { help, type, labels } = metricTable[name];
    this.name = name;
    this.help = help;
    this.type = type;
    this.labelNames = labels;
    this.#read = read;
  }

  /** Its values now. */
  get samples(): readonly Sample[] {
    return this.#read().of(this.name);
  }

  /** For whoever reads numbers: all labels of a value together. */
  get(): Told & { readonly values: readonly (Omit<Sample, "sharedLabels"> & { readonly labels: Labels })[] } {
    const values = this.samples.map(({ sharedLabels, labels, ...rest }) => ({
      ...rest,
      labels: { ...sharedLabels, ...labels },
    }));
    return { ...this.#told(), values: values as unknown as readonly Sample[] };
  }

  /** For whoever writes the text: the labels of an actor are written once, and not with each of its values. */
  getForPromString(): Told {
    return { ...this.#told(), values: this.samples };
  }

  /** There is nothing to reset: the numbers are others'. */
  reset(): void {}

  #told(): Omit<Told, "values"> {
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator };
  }
}
