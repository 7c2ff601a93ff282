import { availableParallelism } from "node:os";
import type { Expose } from "../../gateway/options.js";
import type { ServeConfig } from "../../gateway/serve-config.js";
import { type KeyedOptions, keyed } from "../../routing/keyed.js";
import { pool } from "../../routing/pool.js";
import { type Read, readModule, type Speech, speechModule } from "../../serving/models/models.js";
import { type ActorOptions, fork, thread } from "../../system/specs.js";
import { supervisor } from "../../system/supervisor/supervisor-spec.js";
import type { ChildSpec } from "../../system/unit.js";

type ModelName = "speech" | "read";

export interface ModelsOptions {
  /** thread: WASM. fork: native where onnxruntime-node is installed, else WASM. */
  readonly isolation: "thread" | "fork";
  readonly models?: readonly ModelName[];
}

type TreeConfig = ServeConfig & Required<Pick<ServeConfig, "tree" | "expose">>;

/** A stream that nobody continues is let go; longer than a client needs to come back. */
const speechKeys: KeyedOptions = { idle: "2m", maxKeys: 1000 };

/** One core stays free for the doors and for speech. */
const readers = Math.max(1, availableParallelism() - 1);

/** A spare with the model loaded, because somebody is in mid-sentence. */
const loaded: ActorOptions = { spare: "loaded" };

/**
 * What `serve` serves when it is given no config: two models whose files come in npm packages.
 * @param options.models which of them. Default both
 */
export function modelsConfig({ isolation, models = ["speech", "read"] }: ModelsOptions): TreeConfig {
  const all: Record<ModelName, { spec: ChildSpec; expose: Expose }> = {
    speech: {
      spec: keyed(
        isolation === "thread" ? thread<Speech>(speechModule, {}, loaded) : fork<Speech>(speechModule, {}, loaded),
        speechKeys,
      ),
      expose: {
        methods: ["push", "finish"],
        stream: "push",
        media: { kind: "audio", rate: 16_000, chunk: 512, method: "push" },
      },
    },
    read: {
      spec: pool(isolation === "thread" ? thread<Read>(readModule, {}) : fork<Read>(readModule, {}), { size: readers }),
      expose: {
        methods: { image: { idempotent: true }, pixels: { idempotent: true } },
        media: { kind: "image", method: "image" },
      },
    },
  };
  const chosen = models.map((name) => [name, all[name]] as const);
  return {
    tree: supervisor({}, Object.fromEntries(chosen.map(([name, { spec }]) => [name, spec]))),
    expose: Object.fromEntries(chosen.map(([name, { expose }]) => [name, expose])),
  };
}
