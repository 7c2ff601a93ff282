import { join } from "node:path";
import Piscina from "piscina";
import { supervisor, system, thread } from "../../dist/index.js";
import { interleave } from "../measure/interleave.mjs";
import { now } from "../measure/now.mjs";
import { median, rounded } from "../measure/stats.mjs";
import { table } from "../measure/table.mjs";

/*
 * 1 MB of floats to one worker thread, 64 in flight, each marked anew by its caller and checked by the mark that comes back:
 * copied, lent to a method that borrows, and in place in memory that the runtime handed out. The peer clones it, as it
 * comes; or, tuned, has it transferred there and back.
 */

const FLOATS = 262_144;
const IN_FLIGHT = 64;
const MS = 400;

/** @param {{ rounds: number, withinMs: number }} limits */
export async function playTensors(limits) {
  const app = await system(
    supervisor(
      {},
      { work: thread(new URL("./tensor-actor.mjs", import.meta.url), undefined, { mailbox: { bytes: 2 ** 28 } }) },
    ),
  );
  const filename = join(import.meta.dirname, "tensor-task.mjs");
  const plain = new Piscina({ filename, minThreads: 1, maxThreads: 1 });
  const tuned = new Piscina({ filename, minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: IN_FLIGHT });
  try {
    const { ask } = app.refs.work;
    const arrays = Array.from({ length: IN_FLIGHT }, () => new Float32Array(FLOATS));
    const moving = arrays.map(() => new Float32Array(FLOATS));
    const leases = arrays.map(() => app.tensor("float32", [FLOATS]));
    const marked = (array, mark) => {
      array[FLOATS - 1] = mark;
      return array;
    };
    const contenders = [
      ["piscina", "piscina, as it comes", (i, mark) => plain.run(marked(arrays[i], mark))],
      [
        "transfer",
        "piscina, 64 at once, transferred there and back",
        async (i, mark) => {
          const array = marked(moving[i], mark);
          const back = await tuned.run(array, { transferList: [array.buffer], name: "back" });
          moving[i] = back;
          return back[FLOATS - 1];
        },
      ],
      ["copied", "holdfast, copied", (i, mark) => ask.mark(marked(arrays[i], mark))],
      ["borrowed", "holdfast, to a method that borrows", (i, mark) => ask.borrowed(marked(arrays[i], mark))],
      [
        "inPlace",
        "holdfast, in place",
        (i, mark) => {
          marked(leases[i].data, mark);
          return ask.inPlace(leases[i]);
        },
      ],
    ].map(([key, name, send]) => ({ key, name, send, samples: [] }));
    for (const contender of contenders) await rate(contender);
    const rounds = await interleave(
      contenders,
      { rounds: limits.rounds, withinMs: limits.withinMs },
      async (contender) => {
        contender.samples.push(await rate(contender));
      },
    );
    for (const lease of leases) lease.release();
    const of = Object.fromEntries(contenders.map(({ key, samples }) => [key, median(samples)]));
    return {
      figures: {
        tensor1mb_borrowed64_vs_piscina: rounded(of.borrowed / of.piscina),
        tensor1mb_inplace_vs_piscina: rounded(of.inPlace / of.piscina),
        tensor1mb_inplace_vs_piscina_transfer: rounded(of.inPlace / of.transfer),
      },
      text: table(
        "1 MB of floats, 64 in flight",
        ["", "a second", "beside piscina"],
        contenders.map(({ key, name }) => [
          name,
          Math.round(of[key]).toLocaleString("en"),
          (of[key] / of.piscina).toFixed(1),
        ]),
      ),
      rounds,
    };
  } finally {
    await app.stop();
    await plain.destroy();
    await tuned.destroy();
  }
}

/** @returns {Promise<number>} answers per second */
async function rate({ name, send }) {
  const before = now();
  let answers = 0;
  const caller = async (_, i) => {
    for (let turn = 1; now() < before + MS; turn++) {
      const mark = (i * 1000 + turn) % 1_000_000;
      if ((await send(i, mark)) !== mark) throw new Error(`${name} gave a wrong answer`);
      answers++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  return answers / ((now() - before) / 1000);
}
