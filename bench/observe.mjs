import { join } from "node:path";
import { runScenes } from "./measure/scenes.mjs";

/*
 * What it costs to be seen: the same work without and with everything on, in turns; and what one look costs the thread that
 * serves. Overheads are throughput without over throughput with, the median of interleaved pairs with its 95 % interval.
 */

const scenes = {
  transport: "overhead_transport",
  gateway: "overhead_gateway",
  scrape: "metrics_1000_ms",
  page: "page_kb",
  feed: "page_update_ms_per_s",
};

/** @param {{ rounds?: number, only?: string, say: (line: string) => void }} options */
export const run = (options) => runScenes(join(import.meta.dirname, "observe"), scenes, options);
