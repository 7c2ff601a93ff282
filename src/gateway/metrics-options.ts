import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../known-keys.js";
import type { Hops } from "../observe/metrics/hop-samples.js";
import type { CountingModels } from "../observe/metrics/model-samples.js";
import type { OtherRegistry } from "../observe/metrics/registry-text.js";

/** What a server tells at /metrics, and to whom. */
export interface GatewayMetrics {
  /** true: whoever reaches the port may read it, where callers need a token too. Default false: the token opens it. */
  readonly public?: boolean;
  /** Models whose `nv_inference_*` are told: what `openModels()` gave. Default: none. */
  readonly models?: CountingModels;
  /** Hops whose retries, hedges and caches are told, by name: `{ digits: () => hopStatistics(digits) }`. Default: none. */
  readonly hops?: Hops;
  /** Metrics of your own that are told too: prom-client's `register`, or another registry. Default: none. */
  readonly also?: OtherRegistry;
}

const metricsKeys: KeysOf<GatewayMetrics> = { public: true, models: true, hops: true, also: true };

/** @returns undefined where there is to be no /metrics @throws HoldfastError InvalidSpec naming the field */
export function metricsSettings(given: boolean | GatewayMetrics | undefined): GatewayMetrics | undefined {
  if (given === undefined || given === false) return undefined;
  if (given === true) return {};
  onlyKnownKeys(given, metricsKeys, "gateway.metrics");
  const { public: open, models, hops, also } = given;
  if (open !== undefined && typeof open !== "boolean") throw invalid("public", open, "true or false");
  if (models !== undefined && typeof models?.statistics !== "function")
    throw invalid("models", models, "what openModels() gave");
  if (also !== undefined && (typeof also?.metrics !== "function" || typeof also.getSingleMetric !== "function"))
    throw invalid("also", also, "a Registry of prom-client");
  for (const [name, figures] of Object.entries(hops ?? {})) {
    if (typeof figures !== "function") throw invalid(`hops.${name}`, figures, "a function: () => hopStatistics(ref)");
  }
  return given;
}

function invalid(name: string, value: unknown, wanted: string): HoldfastError {
  const field = `gateway.metrics.${name}`;
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${wanted}`, { details: { field } });
}
