import type { Duration } from "../duration.js";
import type { ModelsOptions } from "../serving/repository/model-settings.js";
import type { SupervisorSpec } from "../system/supervisor/supervisor-spec.js";
import type { GatewayOptions } from "./options.js";

/** What `holdfast serve config.mjs` serves: the default export of that file. */
export interface ServeConfig extends Omit<GatewayOptions, "pages" | "clock"> {
  /** The actors, as `supervisor({ … }, { … })`. */
  readonly tree: SupervisorSpec;
  /**
   * Models from a folder or a list, beside the actors: served over the Open Inference Protocol at /v2 of the same port. With
   * them the tree may be empty, `supervisor({}, {})`, and `expose` too. Needs the package `fastify`.
   */
  readonly models?: ModelsOptions;
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
