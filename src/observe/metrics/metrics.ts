import type { Metric, Registry } from "prom-client";
import { type Clock, realClock } from "../../clock.js";
import { type KeysOf, onlyKnownKeys } from "../../known-keys.js";
import { importPeer } from "../../peer.js";
import type { App } from "../../system/app.js";
import type { SystemStats } from "../../system/stats.js";
import { monitorOf } from "../monitor/monitor.js";
import { ActorLabels } from "./actor-labels.js";
import { EventCounts } from "./event-counts.js";
import { type GatewayFigures, readGateway } from "./gateway-samples.js";
import { type Hops, readHop } from "./hop-samples.js";
import { labelText } from "./label-text.js";
import { MetricFamily } from "./metric-family.js";
import { type MetricName, metricTable } from "./metric-table.js";
import { type CountingModels, readModels } from "./model-samples.js";
import { readMonitor } from "./monitor-samples.js";
import { ProcessSamples } from "./process-samples.js";
import { Readings, type Source } from "./readings.js";
import { type OtherRegistry, registryText } from "./registry-text.js";
import type { Samples } from "./samples.js";
import { Scrape } from "./scrape.js";
import { readTree } from "./tree-samples.js";
import { UnitSamples } from "./unit-samples.js";

export interface MetricsOptions {
  /** Models whose `nv_inference_*` are told: what `openModels()` gave. Default: none. */
  readonly models?: CountingModels;
  /** Hops whose retries, hedges and caches are told, by a name of your own. Default: none. */
  readonly hops?: Hops;
  /** Metrics of your own that are told too: prom-client's `register`, or another registry. Default: none. */
  readonly also?: OtherRegistry;
  /** Of the server whose connections are told. Default: none. */
  readonly gateway?: () => GatewayFigures;
  /** For tests. Default the machine's. */
  readonly clock?: Clock;
}

/** The metrics of one app, in a registry of their own. */
export interface Metrics {
  /** prom-client's: add metrics of your own to it, or merge it into yours with `Registry.merge([yours, metrics.registry])`. */
  readonly registry: Registry;
  /** "text/plain; version=0.0.4; charset=utf-8" */
  readonly contentType: string;
  /**
   * The text that Prometheus reads. One is made at a time, and given to whoever asks within 100 ms.
   * @throws what a metric of your own throws (rejects); HoldfastError Timeout where one does not answer for 9 s
   */
  text(): Promise<string>;
  /** Listens no more. What is in the registry goes on telling what was counted. Idempotent. */
  close(): void;
}

const metricsKeys: KeysOf<MetricsOptions> = { models: true, hops: true, also: true, gateway: true, clock: true };

/**
 * The metrics of an app, for a server or a registry of one's own; `gateway(app, { metrics: true })` serves them by itself. Numbers
 * are read when they are asked for; deaths and other events are counted from this call on, so call it when the app has begun.
 * @throws HoldfastError (rejects) MissingPeer without prom-client; InvalidSpec for an unknown option
 * @example
 * import { supervisor, system } from "holdfast";
 * import { metricsOf } from "holdfast/metrics";
 * const app = await system(supervisor({}, {}));
 * const metrics = await metricsOf(app);
 * console.log(await metrics.text());
 */
export async function metricsOf(app: App<unknown>, options: MetricsOptions = {}): Promise<Metrics> {
  onlyKnownKeys(options, metricsKeys, "metricsOf");
  const { Registry } = await importPeer("prom-client", () => import("prom-client"));
  const { clock = realClock, also } = options;
  const labels = new ActorLabels();
  // What has happened stays told when its actor is gone: those names are kept.
  const events = new EventCounts(new ActorLabels());
  const host = new ProcessSamples();
  const ends = [app.subscribe((event) => events.heard(event)), app.measure(), () => host.close()];
  const readings = new Readings(clock, sourcesOf(app, options, labels, [events, host]));
  const registry = new Registry();
  for (const name of Object.keys(metricTable) as MetricName[]) {
    // It is read as the classes of prom-client are, which their types do not say.
    registry.registerMetric(new MetricFamily(name, () => readings.now()) as unknown as Metric);
  }
  const scrape = new Scrape(clock, () => registryText(registry, also));
  return {
    registry,
    contentType: registry.contentType,
    text: () => scrape.text(),
    close: () => {
      for (const end of ends.splice(0)) end();
    },
  };
}

function sourcesOf(
  app: App<unknown>,
  { models, hops = {}, gateway }: MetricsOptions,
  labels: ActorLabels,
  [events, host]: readonly [EventCounts, ProcessSamples],
): Source[] {
  const units = new UnitSamples(labels);
  const root = app.tree().path;
  const read = new WeakMap<Samples, SystemStats>();
  const stats = (samples: Samples) => {
    const known = read.get(samples) ?? app.stats();
    read.set(samples, known);
    return known;
  };
  return [
    { name: "stats", read: (samples) => units.read(stats(samples), samples) },
    { name: "tree", read: (samples) => readTree(app.tree(), labels, samples) },
    { name: "events", read: (samples) => events.read(samples) },
    { name: "process", read: (samples) => host.read(samples) },
    { name: "monitor", read: (samples) => readMonitor(monitorOf(app), samples) },
    ...(models
      ? [{ name: "models", read: (samples) => readModels(models, stats(samples), root, samples) } satisfies Source]
      : []),
    ...(gateway ? [{ name: "gateway", read: (samples) => readGateway(gateway(), samples) } satisfies Source] : []),
    ...Object.entries(hops).map(
      ([name, figures]): Source => ({
        name: `hop ${labelText(name)}`,
        read: (samples) => readHop(name, figures(), samples),
      }),
    ),
  ];
}
