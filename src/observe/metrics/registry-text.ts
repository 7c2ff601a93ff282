import type { Registry } from "prom-client";
import { MetricFamily } from "./metric-family.js";
import { writeText } from "./write-text.js";

/** What is needed of a registry of one's own: prom-client's are such. */
export interface OtherRegistry {
  metrics(): Promise<string>;
  getSingleMetric(name: string): unknown;
}

/**
 * The text of a registry: what `registry.metrics()` gives, faster where the metrics are those of here. What somebody has added is
 * written by prom-client.
 * @param also another registry, told after it; where both have a metric, it is that one's
 * @throws what a metric of somebody else throws (rejects)
 */
export async function registryText(registry: Registry, also?: OtherRegistry): Promise<string> {
  const labelled = hasDefaultLabels(registry);
  // All are read in this turn, so that they tell of one moment.
  const texts: (string | Promise<string>)[] = registry
    .getMetricsAsArray()
    .filter(({ name }) => also?.getSingleMetric(name) === undefined)
    .map((metric) => {
      const own: unknown = metric;
      return own instanceof MetricFamily && !labelled ? writeText(own) : registry.getSingleMetricAsString(metric.name);
    });
  if (also) texts.push(also.metrics().then((text) => text.trimEnd()));
  return `${(await Promise.all(texts)).join("\n\n")}\n`;
}

/** Labels for every value are prom-client's own affair, and it does not tell of them but to itself. */
function hasDefaultLabels(registry: Registry): boolean {
  const { _defaultLabels: labels } = registry as unknown as { _defaultLabels?: object };
  return labels !== undefined && Object.keys(labels).length > 0;
}
