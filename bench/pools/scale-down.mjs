import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededChance } from "../../dist/clock.js";
import { table } from "../measure/table.mjs";
import { holdfast } from "./contenders.mjs";
import { openLoop, poisson } from "./open-loop.mjs";

/*
 * A pool under load is made small and large again, over and over. Each run of a handler writes its message's number to a file:
 * lost are those that were not answered, not run, or run twice.
 */

const LOAD = { perSecond: 600, untilMs: 3_000, serviceMs: 3 };
const SIZES = [4, 1, 3, 2];
const EVERY_MS = 75;

export async function scaleDown({ say }) {
  say("scaling down under load …");
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "holdfast-bench-"));
  const log = join(folder, "runs");
  const contender = await holdfast("holdfast", { min: 1, max: 4, scale: { cpuBound: false } }, { props: { log } });
  let resizes = 0;
  let shrinks = 0;
  try {
    const timer = setInterval(() => {
      const [before, size] = [SIZES[resizes % SIZES.length], SIZES[++resizes % SIZES.length]];
      if (size < before) shrinks++;
      contender.ref.resize(size);
    }, EVERY_MS);
    const arrivals = poisson({ ...LOAD, chance: seededChance(3000) });
    const { failed } = await openLoop(arrivals, contender.ask).finally(() => clearInterval(timer));
    await contender.stop();
    const runs = new Map();
    for (const id of new Uint32Array(new Uint8Array(readFileSync(log)).buffer)) runs.set(id, (runs.get(id) ?? 0) + 1);
    const unrun = arrivals.length - runs.size;
    const doubled = [...runs.values()].filter((times) => times > 1).length;
    const lost = failed.length + unrun + doubled;
    if (failed.length > 0) say(`the first of those that failed: ${failed[0].message}`);
    return {
      figures: { scale_down_lost: lost, scale_down_asks: arrivals.length, scale_down_times: shrinks },
      text: table(
        `Made smaller ${shrinks} times in ${LOAD.untilMs / 1000} s at ${LOAD.perSecond}/s`,
        ["", "asks", "failed", "never run", "run twice"],
        [["holdfast", arrivals.length, failed.length, unrun, doubled]],
      ),
    };
  } finally {
    await contender.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
