import { availableParallelism } from "node:os";
import type { ServeConfig } from "../gateway/serve-config.js";
import { type KeyedOptions, keyed } from "../routing/keyed.js";
import { pool } from "../routing/pool.js";
import { type Read, readModule, type Speech, speechModule } from "../serving/models/models.js";
import { type ActorOptions, fork, thread } from "../system/specs.js";
import { supervisor } from "../system/supervisor-spec.js";

export interface ModelsOptions {
  /** thread: WASM. fork: native where onnxruntime-node is installed, else WASM. */
  readonly isolation: "thread" | "fork";
}

/** A stream that nobody continues is let go; longer than a client needs to come back. */
const speechKeys: KeyedOptions = { idle: "2m", maxKeys: 1000 };

/**
 * What `serve` serves when it is given no config: two models whose files come in npm packages. `speech` keeps a loaded
 * spare, because somebody is in mid-sentence; `read` is answered again after a cold start.
 */
export function modelsConfig({ isolation }: ModelsOptions): ServeConfig {
  const loaded: ActorOptions = { spare: "loaded" };
  // One core stays free for the doors and for speech.
  const readers = Math.max(1, availableParallelism() - 1);
  return {
    tree: supervisor(
      {},
      {
        speech: keyed(
          isolation === "thread" ? thread<Speech>(speechModule, {}, loaded) : fork<Speech>(speechModule, {}, loaded),
          speechKeys,
        ),
        read: pool(isolation === "thread" ? thread<Read>(readModule, {}) : fork<Read>(readModule, {}), {
          size: readers,
        }),
      },
    ),
    expose: {
      speech: {
        methods: ["push", "finish"],
        stream: "push",
        media: { kind: "audio", rate: 16_000, chunk: 512, method: "push" },
      },
      read: {
        methods: { image: { idempotent: true }, pixels: { idempotent: true } },
        media: { kind: "image", method: "image" },
      },
    },
  };
}
