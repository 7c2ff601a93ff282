import { seededChance } from "../../dist/clock.js";
import { pool, supervisor, system, thread } from "../../dist/index.js";
import { median, rounded } from "../measure/stats.mjs";
import { openLoop, poisson } from "../pools/open-loop.mjs";

/*
 * Answers in time where twice as much comes as can be done. Requests come on a schedule, whatever became of those before, and each has
 * a deadline; an answer after it is of no use to anybody. Beside the pool as it is, the same pool that lets everything wait.
 */

/** What a job takes, and how long its caller waits for it, ms. */
const SERVICE_MS = 10;
const DEADLINE_MS = 100;
const LOADS = [1, 2];

const kinds = [
  // One core for the jobs, one for who sends them.
  { kind: "burns its core", members: 1, ask: (ref, { id, turns }) => ref.ask.burn({ id, turns }) },
  { kind: "waits", members: 4, ask: (ref, { id }) => ref.ask.wait({ id, ms: SERVICE_MS }) },
];
const pools = [
  { name: "holdfast", admission: true },
  { name: "plain FIFO", admission: false },
];

export async function scene({ rounds = 1, say, withinMs }) {
  const runs = rounds * kinds.length * pools.length * LOADS.length;
  // Starts, and what is still under way at the end of each.
  const forMs = Math.min(3000, (withinMs * 0.75) / runs);
  const rows = [];
  const ratios = [];
  const plain = [];
  const details = { serviceMs: SERVICE_MS, deadlineMs: DEADLINE_MS, forMs: Math.round(forMs), kinds: {} };
  for (const kind of kinds) {
    for (const one of pools) {
      const seen = [];
      for (let round = 0; round < rounds; round++) seen.push(await play(kind, one.admission, forMs, 100 + round, say));
      const at = (load, field) => median(seen.map((perLoad) => perLoad[LOADS.indexOf(load)][field]));
      const ratio = at(2, "good") / at(1, "good");
      (one.admission ? ratios : plain).push(ratio);
      const cells = LOADS.flatMap((load) => [`${Math.round(at(load, "good") * 100)} %`]);
      rows.push([
        kind.kind,
        one.name,
        ...cells,
        at(2, "p99").toFixed(0),
        at(2, "refusedMs").toFixed(2),
        ratio.toFixed(2),
      ]);
      details.kinds[`${kind.kind}, ${one.name}`] = Object.fromEntries(
        LOADS.map((load) => [`${load}x`, { goodput: rounded(at(load, "good")), p99: rounded(at(load, "p99")) }]),
      );
    }
  }
  return {
    keys: {
      goodput_2x: rounded(Math.min(...ratios)),
      goodput_2x_burn: rounded(ratios[0]),
      goodput_2x_wait: rounded(ratios[1]),
      goodput_2x_fifo: rounded(Math.max(...plain)),
    },
    title: `Answers within ${DEADLINE_MS} ms, jobs of ${SERVICE_MS} ms, of what the members can do`,
    columns: ["a job", "", "at 1 ×", "at 2 ×", "p99 ms at 2 ×", "refused in ms", "2 × over 1 ×"],
    rows,
    notes: [
      "p99 of the answers in time. refused in: until who is refused hears of it, median; with a plain queue its deadline passes.",
    ],
    details,
    rounds,
  };
}

async function play({ kind, members, ask }, admission, forMs, seed, say) {
  const member = thread(new URL("./goodput/actor.mjs", import.meta.url), undefined, { mailbox: { messages: 100_000 } });
  const app = await system(supervisor({}, { jobs: pool(member, { size: members, spares: 0, admission }) }));
  try {
    const { jobs } = app.refs;
    const turns = Math.round((await jobs.ask.pace()) * SERVICE_MS);
    const perSecond = await capacity((id) => ask(jobs, { id, turns }), members);
    const timed = jobs.with({ timeout: DEADLINE_MS });
    const seen = [];
    for (const load of LOADS) {
      say(`  ${kind}, ${admission ? "with" : "without"} admission, at ${load} × ${Math.round(perSecond)}/s`);
      const refused = [];
      const arrivals = poisson({
        perSecond: perSecond * load,
        untilMs: forMs,
        serviceMs: SERVICE_MS,
        chance: seededChance(seed + load),
      });
      const good = [];
      const answered = new Set();
      const { took, failed } = await openLoop(arrivals, async (job) => {
        const began = performance.now();
        try {
          const id = await ask(timed, { id: job.id, turns });
          answered.add(job.id);
          return id;
        } catch (error) {
          if (!["Overloaded", "Timeout"].includes(error.code)) throw error;
          refused.push(performance.now() - began);
          return job.id;
        }
      });
      if (failed.length > 0) throw failed[0];
      took.forEach((ms, id) => {
        if (answered.has(id) && ms <= DEADLINE_MS) good.push(ms);
      });
      good.sort((a, b) => a - b);
      seen.push({
        good: good.length / ((perSecond * forMs) / 1000),
        p99: good[Math.floor(good.length * 0.99)] ?? Number.NaN,
        refusedMs: refused.length > 0 ? median(refused) : 0,
      });
    }
    return seen;
  } finally {
    await app.stop({ drain: 0 });
  }
}

/** What the members can do in a second, never idle. */
async function capacity(ask, members) {
  const untilMs = performance.now() + 400;
  let done = 0;
  const began = performance.now();
  const flow = async (from) => {
    for (let id = from; performance.now() < untilMs; id += 1) {
      await ask(id);
      done++;
    }
  };
  await Promise.all(Array.from({ length: 2 * members }, () => flow(0)));
  return (done * 1000) / (performance.now() - began);
}
