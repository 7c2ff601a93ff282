import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { supervisor, system } from "../../dist/index.js";
import { model } from "../../dist/serving/serving.js";
import { interleave } from "../measure/interleave.mjs";
import { now } from "../measure/now.mjs";
import { median, rounded } from "../measure/stats.mjs";
import { lineOf, recogniser } from "./ocr-inputs.mjs";

/*
 * What stands between a caller and a model costs: mailbox, ledger, deadline, record, the way to a thread and back. Requests a second
 * through a pool of n threads, over calls in a loop in n bare worker threads that have no caller at all. The OCR line model in WASM, of
 * a short line: what is around a run weighs most where the run is short.
 */

const WIDTH = 96;
/** WASM is ten times slower before V8 has optimized it. */
const WARM_RUNS = 60;
const ROUNDS = 5;
const MS = 800;
/** A member that has answered finds its next request waiting, as under load. */
const IN_FLIGHT = 2;

/** @param {{ rounds?: number, withinMs: number, say: (line: string) => void }} options */
export async function scene({ rounds = ROUNDS, withinMs, say }) {
  const until = now() + withinMs;
  const sizes = [1, 2];
  const spec = (size) => model(recogniser, { runtime: "wasm", pool: { size, spares: 0 } });
  const app = await system(supervisor({}, { n1: spec(1), n2: spec(2) }));
  const bare = await Promise.all([bareWorker(), bareWorker()]);
  try {
    const { n1, n2 } = app.refs;
    const pools = { 1: n1, 2: n2 };
    for (const size of sizes) await throughPool(pools[size], size, (WARM_RUNS * size) / IN_FLIGHT);
    say("  loaded and warm");
    const contenders = sizes.flatMap((size) => [
      { size, name: "pool", run: () => throughPoolFor(pools[size], size) },
      { size, name: "bare", run: () => inBareThreads(bare.slice(0, size)) },
    ]);
    const perSecond = new Map(contenders.map((one) => [one, []]));
    const done = await interleave(contenders, { rounds, withinMs: until - now() - 3000 }, async (one) => {
      perSecond.get(one).push(await one.run());
    });
    const of = (size, name) => median(perSecond.get(contenders.find((one) => one.size === size && one.name === name)));
    const parts = sizes.map((size) => of(size, "pool") / of(size, "bare"));
    return {
      keys: {
        pool_efficiency: rounded(Math.min(...parts)),
        pool_efficiency_1: rounded(parts[0]),
        pool_efficiency_2: rounded(parts[1]),
      },
      title: "The OCR line model in WASM, requests a second",
      columns: ["", "through a pool", "bare threads", "part"],
      rows: sizes.map((size, i) => [
        `${size} thread${size > 1 ? "s" : ""}`,
        of(size, "pool").toFixed(1),
        of(size, "bare").toFixed(1),
        parts[i].toFixed(3),
      ]),
      rounds: done,
      details: { width: WIDTH, inFlightPerMember: IN_FLIGHT, roundMs: MS },
    };
  } finally {
    await Promise.all(bare.map((worker) => worker.terminate()));
    await app.stop();
  }
}

async function bareWorker() {
  const worker = new Worker(new URL("./bare-worker.mjs", import.meta.url), {
    workerData: { model: recogniser, width: WIDTH, warm: WARM_RUNS },
  });
  await once(worker, "message");
  return worker;
}

/** Each thread's own rate: one that ends its last run later than another is not charged with the other's rest. */
async function inBareThreads(workers) {
  const began = now();
  const rates = workers.map(async (worker) => {
    worker.postMessage(MS);
    const [runs] = await once(worker, "message");
    return runs / (now() - began);
  });
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate) * 1000;
}

/** The same of a pool: so many callers, of which each asks again when it has its answer. */
async function throughPoolFor(pool, size) {
  const began = now();
  const until = began + MS;
  let ends = 0;
  let runs = 0;
  const x = lineOf(WIDTH);
  const caller = async () => {
    while (now() < until) {
      await pool.ask.infer({ inputs: { x } });
      runs++;
      ends = now();
    }
  };
  await Promise.all(Array.from({ length: size * IN_FLIGHT }, caller));
  return (runs / (ends - began)) * 1000;
}

async function throughPool(pool, size, runsEach) {
  const x = lineOf(WIDTH);
  const caller = async () => {
    for (let i = 0; i < runsEach; i++) await pool.ask.infer({ inputs: { x } });
  };
  await Promise.all(Array.from({ length: size * IN_FLIGHT }, caller));
}
