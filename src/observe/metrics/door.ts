/** The door of `holdfast/metrics`: what a system has counted, through prom-client. */
export type { HopFigures, Hops } from "./hop-samples.js";
export { type Metrics, type MetricsOptions, metricsOf } from "./metrics.js";
export type { CountingModels, ModelFigures } from "./model-samples.js";
export type { OtherRegistry } from "./registry-text.js";
