import { seededChance } from "../../dist/clock.js";
import { pool, supervisor, system, thread } from "../../dist/index.js";
import { hop, hopStatistics } from "../../dist/serving/serving.js";
import { median, quantile, rounded } from "../measure/stats.mjs";
import { openLoop, poisson } from "../pools/open-loop.mjs";

/*
 * Members that stall now and then, asleep: one run of a hundred takes a hundred milliseconds, the others five. Both pools get the same
 * arrivals at the same time, so what else the machine does befalls both.
 */

const MEMBERS = 8;
const WORK = { usualMs: 5, stallMs: 100, stalls: 0.01 };
/** A fifth of what they can do: nothing waits, so a stall is all that is slow. */
const PER_SECOND = 300;
const BUDGET = 0.02;

const ROUNDS = 4;
const ROUND_MS = 5_000;
/** Calls from which the hedged side learns what usual is. */
const WARM_MS = 1_500;

/** @param {{ rounds?: number, say: (line: string) => void, withinMs: number }} options */
export async function scene({ rounds = ROUNDS, say, withinMs }) {
  const began = performance.now();
  const members = (seed) =>
    pool(thread(new URL("./hedge/actor.mjs", import.meta.url), { seed, ...WORK }), { size: MEMBERS, spares: 0 });
  const app = await system(supervisor({}, { plain: members(1), hedged: members(2) }));
  try {
    const hedged = hop(app.refs.hedged, { hedge: { budget: BUDGET } });
    const sides = [
      { name: "as it comes", ask: (job) => app.refs.plain.ask.work(job), took: [] },
      { name: "hedged", ask: (job) => hedged.ask.work(job), took: [] },
    ];
    const load = (seed, untilMs) =>
      poisson({ perSecond: PER_SECOND, untilMs, serviceMs: WORK.usualMs, chance: seededChance(seed) });
    await both(sides, load(0, WARM_MS), () => {});
    let done = 0;
    while (done < rounds && performance.now() - began + ROUND_MS + 1_000 < withinMs) {
      say(`hedge: round ${done + 1} of up to ${rounds} …`);
      await both(sides, load(++done, ROUND_MS), (side, took) => side.took.push(...took));
    }
    const { calls, hedged: twiceAsked, busy, overBudget } = hopStatistics(hedged).hedge;
    const extra = twiceAsked / calls;
    const [plain, twice] = sides.map(({ took }) => quantile(took, 0.999));
    return {
      title: `${MEMBERS} members, of their runs ${WORK.stalls * 100} % take ${WORK.stallMs} ms, the others ${WORK.usualMs}; ${PER_SECOND}/s`,
      columns: ["", "p50 ms", "p99 ms", "p99.9 ms", "calls"],
      rows: sides.map(({ name, took }) => [
        name,
        ...[median(took), quantile(took, 0.99), quantile(took, 0.999)].map((ms) => ms.toFixed(1)),
        took.length,
      ]),
      notes: [
        `hedging asks ${(extra * 100).toFixed(2)} % of the calls twice (budget ${BUDGET * 100} %); p99.9 is ${rounded(plain / twice)} x lower`,
      ],
      keys: {
        hedge_p999: rounded(plain / twice),
        hedge_p999_ms: rounded(twice),
        hedge_plain_p999_ms: rounded(plain),
        hedge_extra_work: rounded(extra),
      },
      details: { members: MEMBERS, ...WORK, perSecond: PER_SECOND, calls, twiceAsked, busy, overBudget },
      rounds: done,
    };
  } finally {
    await app.stop();
  }
}

async function both(sides, arrivals, keep) {
  await Promise.all(
    sides.map(async (side) => {
      const { took, failed } = await openLoop(arrivals, side.ask);
      if (failed.length > 0) throw new Error(`${side.name}: ${failed.length} calls failed, the first: ${failed[0]}`);
      keep(side, took);
    }),
  );
}
