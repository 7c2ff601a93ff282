import { join } from "node:path";
import { runScenes } from "./measure/scenes.mjs";

/* What makes an actor a model server, scene by scene: see measure/scenes.mjs for what a scene is. */

/** Each scene and its figure. */
const scenes = {
  efficiency: "pool_efficiency",
  goodput: "goodput_2x",
  batching: "batching_gain",
  hedge: "hedge_p999",
  swap: "swap_failed",
};

/** @param {{ rounds?: number, only?: string, say: (line: string) => void }} options */
export const run = (options) => runScenes(join(import.meta.dirname, "serving"), scenes, options);
