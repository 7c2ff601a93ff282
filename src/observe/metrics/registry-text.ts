import type { Registry } from "prom-client";
import { MetricFamily } from "./metric-family.js";
import { writeText } from "./write-text.js";

/**
 * The text of a registry: what `registry.metrics()` gives, faster where the metrics are those of here. What somebody has added is
 * written by prom-client.
 * @throws what a metric of somebody else throws (rejects)
 */
export async function registryText(registry: Registry): Promise<string> {
  if (hasDefaultLabels(registry)) return registry.metrics();
  // All are read in this turn, so that they tell of one moment.
  const texts = registry.getMetricsAsArray().map((metric) => {
    const own: unknown = metric;
    return own instanceof MetricFamily ? writeText(own) : registry.getSingleMetricAsString(metric.name);
  });
  return `${(await Promise.all(texts)).join("\n\n")}\n`;
}

/** Labels for every value are prom-client's own affair, and it does not tell of them but to itself. */
function hasDefaultLabels(registry: Registry): boolean {
  const { _defaultLabels: labels } = registry as unknown as { _defaultLabels?: object };
  return labels !== undefined && Object.keys(labels).length > 0;
}
