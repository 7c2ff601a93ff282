import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { onTestFinished } from "vitest";
import { buildAddon } from "../addons/build.mjs";

/** What has just died, or was just compiled, is freed in these looks. */
const LOOKS = 4;
const APART_MS = 100;

/**
 * What this process really holds, in bytes of RSS. What dead threads have freed the C library's allocator keeps for later: of
 * 1.1 to 1.4 GB after 20 deaths of a large model's thread as after 160, 0.3 to 0.7 were in use. So it is brought to give
 * that back before each look, which needs a C compiler, and glibc.
 *
 * @returns `sharp`: whether that can be done here
 */
export function heldMemory(): { sharp: boolean; bytes(): Promise<number> } {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const addon = buildAddon("malloc-trim");
  if (addon) onTestFinished(addon.remove);
  const trim = addon && load(addon.file);
  return {
    sharp: trim !== undefined,
    async bytes() {
      let least = Number.POSITIVE_INFINITY;
      for (let look = 0; look < LOOKS; look++) {
        if (look > 0) await sleep(APART_MS);
        gc();
        trim?.();
        least = Math.min(least, process.memoryUsage.rss());
      }
      return least;
    },
  };
}

function load(file: string): () => void {
  const module = { exports: {} };
  process.dlopen(module, file);
  return module.exports as () => void;
}
