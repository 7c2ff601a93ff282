import { setTimeout as pause } from "node:timers/promises";
import { interleave } from "../measure/interleave.mjs";
import { now } from "../measure/now.mjs";
import { median, p99, rounded } from "../measure/stats.mjs";
import { table } from "../measure/table.mjs";
import { holdfast, piscina } from "./contenders.mjs";

/*
 * A pool of one member, busy with a long call, gets another message: how long until a second member has answered it.
 *
 *   long call ─▶ member 1 ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
 *        short call ─▶ needs a second member … it is there ─▶ answer
 *                  └──────────────── measured ───────────────────┘
 */

/** The long call is longer than any start, or the first member would answer both. */
const LONG_MS = { light: 300, heavy: 600 };
const ROUNDS = { light: 8, heavy: 5 };
const WITHIN_MS = { light: 15_000, heavy: 30_000 };
/** Between the two calls: the long one has begun. */
const HEAD_START_MS = 20;
/** Each round begins with one member, and the spare is parked again. */
const SETTLE_MS = { light: 200, heavy: 400 };

const elastic = { min: 1, max: 2, spares: 1, scale: { shrinkAfter: "100ms", cpuBound: false } };

const starters = {
  ours: (folder) => holdfast("holdfast, a parked spare", elastic, { folder }),
  piscina: (folder) => piscina("piscina, as it comes", { minThreads: 1, maxThreads: 2 }, { folder }),
  kept: (folder) => piscina("piscina, the second always there", { minThreads: 2, maxThreads: 2 }, { folder }),
};

/** @param {"light" | "heavy"} folder */
export async function secondMember(folder, { rounds = ROUNDS[folder], say }) {
  say(`a second member, ${folder} module: starting …`);
  const contenders = [];
  try {
    for (const [key, start] of Object.entries(starters)) {
      contenders.push({ key, id: 0, samples: [], ...(await start(folder)) });
    }
    // Compiled, learned, before it counts.
    for (const contender of contenders) {
      await measured(contender, folder);
      await measured(contender, folder);
    }
    say(`a second member, ${folder} module: up to ${rounds} rounds …`);
    const done = await interleave(contenders, { rounds, withinMs: WITHIN_MS[folder] }, async (contender) => {
      contender.samples.push(await measured(contender, folder));
    });
    const of = Object.fromEntries(contenders.map(({ key, samples }) => [key, median(samples)]));
    const name = `second_member_${folder}`;
    return {
      figures: {
        [`${name}_vs_piscina`]: rounded(of.piscina / of.ours),
        [`${name}_vs_piscina_kept`]: rounded(of.kept / of.ours),
        [`${name}_ms`]: rounded(of.ours),
        [`piscina_${name}_ms`]: rounded(of.piscina),
      },
      text: drawn(folder, contenders),
      rounds: done,
    };
  } finally {
    for (const { stop } of contenders) await stop();
  }
}

/** @returns {Promise<number>} ms from the short call to its answer */
async function measured(contender, folder) {
  const { name, key, ask, members } = contender;
  await settled(contender, folder);
  const long = ask({ id: contender.id++, ms: LONG_MS[folder] });
  let longIsOver = false;
  const over = long.then(() => {
    longIsOver = true;
  });
  await pause(HEAD_START_MS);
  const id = contender.id++;
  const before = now();
  const answer = await ask({ id, ms: 0 });
  const took = now() - before;
  if (answer !== id) throw new Error(`${name} gave a wrong answer: ${JSON.stringify(answer)}`);
  // Where no second member came in time the figure is how long the first one kept it waiting, which is true as well.
  if (!longIsOver && members() < 2) throw new Error(`${name} has ${members()} member and answered two calls at once`);
  contender.none = (contender.none ?? 0) + (longIsOver && key === "ours" ? 1 : 0);
  await over;
  return took;
}

async function settled({ name, key, members, ref }, folder) {
  const least = key === "kept" ? 2 : 1;
  // By hand, so that each round begins alike, and then it is the rule's again.
  if (ref) {
    await ref.resize(1);
    await ref.resize("auto");
  }
  await shrunk(name, members, least);
  await pause(SETTLE_MS[folder]);
}

/** Until a pool is at its least again. @param {() => number} members */
export async function shrunk(name, members, least) {
  for (const until = now() + 10_000; members() > least; await pause(10)) {
    if (now() > until) throw new Error(`${name} still has ${members()} members after 10 s without work`);
  }
}

function drawn(folder, contenders) {
  const unit = median(contenders[0].samples);
  const rows = contenders.map(({ name, samples }) => [
    name,
    median(samples).toFixed(2),
    p99(samples).toFixed(2),
    (median(samples) / unit).toFixed(1),
    samples.length,
  ]);
  const title = folder === "light" ? "a small module" : "the speech model (Silero VAD, ONNX on WASM)";
  return table(
    `One member is busy: until a second has answered, with ${title}`,
    ["", "p50 ms", "p99 ms", "times", "calls"],
    rows,
  );
}
