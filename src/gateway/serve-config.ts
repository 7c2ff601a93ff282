import type { Duration } from "../duration.js";
import type { MonitorOptions } from "../observe/monitor/monitor-options.js";
import type { ModelsOptions } from "../serving/repository/model-settings.js";
import type { Store } from "../system/durable/store.js";
import type { DeadLetterOptions } from "../system/letters/dead-letters.js";
import type { Logger } from "../system/log/logger.js";
import type { SupervisorSpec } from "../system/supervisor/supervisor-spec.js";
import type { GatewayOptions } from "./options.js";

/** What `holdfast serve config.mjs` serves: the default export of that file. */
export interface ServeConfig extends Omit<GatewayOptions, "pages" | "clock" | "expose"> {
  /** The actors, as `supervisor({ … }, { … })`. Default, beside `models`: none. */
  readonly tree?: SupervisorSpec;
  /** What of them is callable. Default, beside `models`: nothing. */
  readonly expose?: GatewayOptions["expose"];
  /**
   * Models from a folder, or a list: what `openModels()` takes. Each is exposed by its name, and all of them over the Open
   * Inference Protocol at /v2, where the package `fastify` is installed.
   */
  readonly models?: ModelsOptions;
  /** Where durable actors are kept, such as `files("./state")` of holdfast/state: see docs/durability.md. Default: none. */
  readonly store?: Store;
  /** What is kept of dead letters, as system() takes it: see docs/operating.md. Default: the newest 1000, with 16 MB of arguments. */
  readonly deadLetters?: DeadLetterOptions;
  /**
   * What of the machine is watched, and what is done about it: see docs/monitor.md. Default: rules that tell, and do nothing
   * else; `false`: nothing is watched.
   */
  readonly monitor?: MonitorOptions | false;
  /** Where all that is told goes, in place of lines for people: any logger of pino's shape. `--log` of the command comes first. */
  readonly logger?: Logger;
  /** How long Ctrl-C lets queued work finish. Default "10s". */
  readonly drain?: Duration;
}

/**
 * Types a config; returns it as it is.
 * @example
 * export default defineConfig({
 *   tree: supervisor({}, { digits: thread<Digits>(new URL("./digits.js", import.meta.url), { model: "mnist.onnx" }) }),
 *   expose: { digits: ["classify"] },
 * });
 */
export function defineConfig(config: ServeConfig): ServeConfig {
  return config;
}
