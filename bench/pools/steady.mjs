import { setTimeout as pause } from "node:timers/promises";
import { seededChance } from "../../dist/clock.js";
import { median, p99, rounded } from "../measure/stats.mjs";
import { table } from "../measure/table.mjs";
import { holdfast } from "./contenders.mjs";
import { openLoop, poisson } from "./open-loop.mjs";

/*
 * A load that stays the same, 60 % of what all members can do, in independent arrivals. A pool that goes on changing its size under
 * it flaps: counted are the changes of direction once it has settled.
 */

const MOST = 4;
const SERVICE_MS = 10;
const LOAD = { perSecond: (0.6 * MOST * 1000) / SERVICE_MS, untilMs: 10_000, serviceMs: SERVICE_MS };
/** It has found its size by then. */
const SETTLED_MS = 4_000;

export async function steady({ say }) {
  say("a steady load …");
  const scale = { targetWait: "50ms", shrinkAfter: "500ms", cpuBound: false };
  const contender = await holdfast("holdfast", { min: 1, max: MOST, scale }, {});
  try {
    const changes = [];
    const began = performance.now();
    contender.app.subscribe((event) => {
      if (event.type === "scaled") changes.push({ at: performance.now() - began, from: event.from, to: event.to });
    });
    const arrivals = poisson({ ...LOAD, chance: seededChance(4000) });
    const { took, failed } = await openLoop(arrivals, contender.ask);
    if (failed.length > 0) throw new Error(`${failed.length} calls failed under a steady load: ${failed[0].message}`);
    const late = changes.filter(({ at }) => at > SETTLED_MS);
    const turns = changes.filter(
      ({ at, from, to }, i) => at > SETTLED_MS && i > 0 && to > from !== changes[i - 1].to > changes[i - 1].from,
    );
    await pause(0);
    return {
      figures: { oscillations: turns.length, steady_p99_ms: rounded(p99(took)) },
      text: table(
        `A steady load of 60 % of ${MOST} members, ${LOAD.untilMs / 1000} s`,
        ["", "changes of size", `after ${SETTLED_MS / 1000} s`, "turns", "p50 ms", "p99 ms"],
        [
          [
            "holdfast, 1 to 4",
            changes.length,
            late.length,
            turns.length,
            median(took).toFixed(1),
            p99(took).toFixed(1),
          ],
        ],
      ),
    };
  } finally {
    await contender.stop();
  }
}
