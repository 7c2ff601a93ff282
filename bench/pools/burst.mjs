import { setTimeout as pause } from "node:timers/promises";
import { seededChance } from "../../dist/clock.js";
import { interleave } from "../measure/interleave.mjs";
import { median, p99, rounded } from "../measure/stats.mjs";
import { holdfast, piscina, poolifier, tinypool, workerPool } from "./contenders.mjs";
import { drawnWaits } from "./drawn-waits.mjs";
import { openLoop, poisson } from "./open-loop.mjs";
import { shrunk } from "./second-member.mjs";

/*
 * Quiet, then three times what one member can do: an elastic pool that has to grow first beside one that always had all members.
 *
 *   20/s ─┐ quiet   300/s ┌──────── burst ────────┐       one member can do 100/s, all four 400/s
 *         └───────────────┘                       └──
 *   the p99 is that of the burst's messages
 */

const SERVICE_MS = 10;
const MOST = 4;
const QUIET = { perSecond: 20, untilMs: 300, serviceMs: SERVICE_MS };
const BURST = { perSecond: 300, fromMs: 300, untilMs: 900, serviceMs: SERVICE_MS };

const ROUNDS = 3;
const WITHIN_MS = 40_000;

const scale = { targetWait: "5ms", shrinkAfter: "200ms", cpuBound: false };

const starters = {
  ours: () => holdfast("holdfast, 1 to 4, 3 spares", { min: 1, max: MOST, spares: MOST - 1, scale }),
  fixed: () => holdfast("holdfast, always 4", { size: MOST }),
  piscina: () => piscina("piscina, 1 to 4", { minThreads: 1, maxThreads: MOST }),
  tinypool: () => tinypool("tinypool, 1 to 4", { minThreads: 1, maxThreads: MOST }),
  poolifier: () => poolifier("poolifier, 1 to 4", { min: 1, max: MOST }),
  workerpool: () => workerPool("workerpool, 1 to 4", { minWorkers: 1, maxWorkers: MOST }),
};

/** What each has when nothing is to be done; workerpool keeps what it once had. */
const least = { fixed: MOST, workerpool: MOST };

export async function bursts({ rounds = ROUNDS, say }) {
  say("bursts: starting …");
  const contenders = [];
  try {
    for (const [key, start] of Object.entries(starters))
      contenders.push({ key, p99s: [], p50s: [], ...(await start()) });
    for (const contender of contenders) await measured(contender, 0);
    say(`bursts: up to ${rounds} rounds of ${contenders.length} contenders …`);
    const done = await interleave(contenders, { rounds, withinMs: WITHIN_MS }, async (contender, round) => {
      const took = await measured(contender, round + 1);
      contender.p99s.push(p99(took));
      contender.p50s.push(median(took));
    });
    const of = Object.fromEntries(contenders.map(({ key, p99s }) => [key, median(p99s)]));
    return {
      figures: {
        burst_p99_over_fixed: rounded(of.ours / of.fixed),
        burst_p99_ms: rounded(of.ours),
        burst_fixed_p99_ms: rounded(of.fixed),
        burst_piscina_p99_ms: rounded(of.piscina),
        burst_tinypool_p99_ms: rounded(of.tinypool),
        burst_poolifier_p99_ms: rounded(of.poolifier),
        burst_workerpool_p99_ms: rounded(of.workerpool),
      },
      text: drawnWaits(
        `A burst of ${BURST.perSecond}/s after ${QUIET.perSecond}/s; a message takes ${SERVICE_MS} ms`,
        contenders,
      ),
      rounds: done,
    };
  } finally {
    for (const { stop } of contenders) await stop();
  }
}

/** The same arrivals for everybody in a round. @returns {Promise<number[]>} what the burst's messages took */
async function measured({ name, key, ask, members }, round) {
  await shrunk(name, members, least[key] ?? 1);
  await pause(200);
  const chance = seededChance(1000 + round);
  const quiet = poisson({ ...QUIET, chance });
  const { took, failed } = await openLoop([...quiet, ...poisson({ ...BURST, chance })], ask);
  if (failed.length > 0) throw new Error(`${name}: ${failed.length} calls failed in a burst: ${failed[0].message}`);
  return took.slice(quiet.length);
}
