import { fork, supervisor, system } from "../dist/index.js";
import { interleave } from "./measure/interleave.mjs";
import { now } from "./measure/now.mjs";
import { median, rounded } from "./measure/stats.mjs";
import { table } from "./measure/table.mjs";

/*
 * Large arrays to a child process and back, one call at a time: through files in memory beside the channel, and, with no
 * memory to share, through the channel itself.
 */

const ROUNDS = 15;
const WITHIN_MS = 12_000;
const SIZES = { "128kb": 2 ** 15, "1mb": 2 ** 18, "10mb": 10 * 2 ** 18 };
const MS = 120;

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function run({ rounds = ROUNDS, say }) {
  const ways = [await way("files", 64), await way("channel", 0)];
  const figures = {};
  const rows = [];
  let least = rounds;
  try {
    for (const [size, floats] of Object.entries(SIZES)) {
      const array = new Float32Array(floats);
      for (const method of ["mark", "echo"]) {
        say(`${size}, ${method} …`);
        const samples = { files: [], channel: [] };
        for (const one of ways) await roundTrip(one, method, array);
        const done = await interleave(ways, { rounds, withinMs: WITHIN_MS }, async (one) => {
          samples[one.key].push(await roundTrip(one, method, array));
        });
        least = Math.min(least, done);
        const [files, channel] = [median(samples.files), median(samples.channel)];
        const name = method === "mark" ? `fork_${size}` : `fork_${size}_and_back`;
        figures[`${name}_vs_channel`] = rounded(channel / files);
        figures[`${name}_ms`] = rounded(files);
        rows.push([
          method === "mark" ? size : `${size} and back`,
          files.toFixed(2),
          channel.toFixed(2),
          (channel / files).toFixed(2),
        ]);
      }
    }
  } finally {
    for (const { stop } of ways) await stop();
  }
  const text = table("Floats to a child process, milliseconds", ["", "files", "channel", "times"], rows);
  return { figures, text, rounds: least };
}

async function way(key, sharedMb) {
  const url = new URL("./process/actor.mjs", import.meta.url);
  const app = await system(supervisor({}, { work: fork(url) }), { memory: { sharedMb } });
  return { key, ask: app.refs.work.ask, stop: () => app.stop() };
}

/** @returns {Promise<number>} the median, in milliseconds */
async function roundTrip({ key, ask }, method, array) {
  const took = [];
  const until = now() + MS;
  for (let before = now(), mark = 1; before < until; mark++) {
    array[array.length - 1] = mark;
    const answer = await ask[method](array);
    const after = now();
    took.push(after - before);
    if ((method === "mark" ? answer : answer.at(-1)) !== mark) throw new Error(`${key} gave a wrong answer`);
    before = now();
  }
  return median(took);
}
