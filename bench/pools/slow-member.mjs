import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededChance } from "../../dist/clock.js";
import { interleave } from "../measure/interleave.mjs";
import { median, p99, rounded } from "../measure/stats.mjs";
import { holdfast, piscina, poolifier, tinypool, workerPool } from "./contenders.mjs";
import { drawnWaits } from "./drawn-waits.mjs";
import { openLoop, poisson } from "./open-loop.mjs";

/*
 * Four members, of which one takes ten times as long as the others. The load is one that round robin can just bear: the slow
 * member's quarter of it is four fifths of what that can do.
 */

const SERVICE_MS = 2;
const MEMBERS = 4;
const LOAD = { perSecond: 160, untilMs: 1_700, serviceMs: SERVICE_MS };
const WARM = { ...LOAD, untilMs: 300 };

const ROUNDS = 2;
const WITHIN_MS = 50_000;

const fixed = { minThreads: MEMBERS, maxThreads: MEMBERS };

const starters = {
  ours: (props) => holdfast("holdfast, one shared mailbox", { size: MEMBERS, spares: 0 }, { props, spare: "none" }),
  ownRoundRobin: (props) =>
    holdfast("holdfast, round-robin", { size: MEMBERS, spares: 0, route: "round-robin" }, { props, spare: "none" }),
  roundRobin: (props) =>
    poolifier("poolifier, ROUND_ROBIN", { max: MEMBERS, workerChoiceStrategy: "ROUND_ROBIN" }, { props }),
  poolifier: (props) => poolifier("poolifier, as it comes", { max: MEMBERS }, { props }),
  piscina: (props) => piscina("piscina", fixed, { props }),
  tinypool: (props) => tinypool("tinypool", fixed, { props }),
  workerpool: (props) => workerPool("workerpool", { minWorkers: MEMBERS, maxWorkers: MEMBERS }, { props }),
};

export async function slowMember({ rounds = ROUNDS, say }) {
  say("a slow member: starting …");
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "holdfast-bench-"));
  const contenders = [];
  try {
    for (const [key, start] of Object.entries(starters)) {
      const slow = join(folder, key);
      contenders.push({ key, p99s: [], p50s: [], ...(await start({ slow })) });
      const { name, ask } = contenders.at(-1);
      await loaded(name, ask, WARM, 0);
      if (!existsSync(slow)) throw new Error(`${name} has no slow member`);
    }
    say(`a slow member: up to ${rounds} rounds of ${contenders.length} contenders …`);
    const done = await interleave(
      contenders,
      { rounds, withinMs: WITHIN_MS },
      async ({ name, ask, p99s, p50s }, round) => {
        const took = await loaded(name, ask, LOAD, round + 1);
        p99s.push(p99(took));
        p50s.push(median(took));
      },
    );
    const of = Object.fromEntries(contenders.map(({ key, p99s }) => [key, median(p99s)]));
    return {
      figures: {
        slow_member_p99_over_roundrobin: rounded(of.ours / of.roundRobin),
        slow_member_p99_over_own_roundrobin: rounded(of.ours / of.ownRoundRobin),
        slow_member_p99_ms: rounded(of.ours),
        slow_member_roundrobin_p99_ms: rounded(of.roundRobin),
        slow_member_poolifier_p99_ms: rounded(of.poolifier),
        slow_member_piscina_p99_ms: rounded(of.piscina),
        slow_member_tinypool_p99_ms: rounded(of.tinypool),
        slow_member_workerpool_p99_ms: rounded(of.workerpool),
      },
      text: drawnWaits(
        `One of ${MEMBERS} members takes ${SERVICE_MS * 10} ms, the others ${SERVICE_MS}; ${LOAD.perSecond}/s`,
        contenders,
      ),
      rounds: done,
    };
  } finally {
    for (const { stop } of contenders) await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loaded(name, ask, load, round) {
  const { took, failed } = await openLoop(poisson({ ...load, chance: seededChance(2000 + round) }), ask);
  if (failed.length > 0) throw new Error(`${name}: ${failed.length} calls failed: ${failed[0].message}`);
  return took;
}
