import { join } from "node:path";
import { runScenes } from "./measure/scenes.mjs";

/* What it costs that state survives, scene by scene: see measure/scenes.mjs for what a scene is. */

/** Each scene and its figure. */
const scenes = {
  "group-commit": "group_commit_gain",
  replay: "replay_per_s",
  overhead: "snapshot_overhead",
  failover: "hot_failover_ms_p50",
  erasure: "encode_mb_s",
};

/** @param {{ rounds?: number, only?: string, say: (line: string) => void }} options */
export const run = (options) => runScenes(join(import.meta.dirname, "state"), scenes, options);
