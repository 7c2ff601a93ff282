import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { pool, supervisor, system, thread } from "../../dist/index.js";
import { readModule } from "../../dist/serving/models/models.js";
import { interleave } from "../measure/interleave.mjs";
import { now } from "../measure/now.mjs";
import { median, rounded } from "../measure/stats.mjs";

/*
 * What stands between a caller and a model costs: mailbox, ledger, deadline, record, the way to a thread and back. Lines read a second
 * by `Read` (the image of a line in, its text out; the OCR model in WASM) in a pool of n threads, over direct calls of the same code
 * in a loop in n bare worker threads, which have no caller at all.
 */

const image = readFileSync(new URL("../../test/fixtures/lines/clear.png", import.meta.url));
/** WASM is ten times slower before V8 has optimized it. */
const WARM_RUNS = 30;
const ROUNDS = 4;
const MS = 1300;
/** A member that has answered finds its next request in the mailbox, as under load. */
const CALLERS_PER_MEMBER = 2;

/** @param {{ rounds?: number, withinMs: number, say: (line: string) => void }} options */
export async function scene({ rounds = ROUNDS, withinMs, say }) {
  const until = now() + withinMs;
  const spec = (size) => pool(thread(readModule, { runtime: "wasm" }), { size, spares: 0 });
  const app = await system(supervisor({}, { n1: spec(1), n2: spec(2) }));
  const bare = await Promise.all([bareWorker(), bareWorker()]);
  try {
    const pools = { 1: app.refs.n1, 2: app.refs.n2 };
    const { text } = await pools[1].ask.image(image);
    if (text === "" || bare.some((worker) => worker.reads !== text)) throw new Error(`it reads "${text}" elsewhere`);
    for (const size of [1, 2]) await warmUp(pools[size], size);
    say("  loaded and warm");
    const contenders = [1, 2].flatMap((size) => [
      { size, name: "pool", perSecond: [], run: () => inPool(pools[size], size, text) },
      { size, name: "bare", perSecond: [], run: () => inBareThreads(bare.slice(0, size)) },
    ]);
    const done = await interleave(contenders, { rounds, withinMs: until - now() - 4 * MS }, async (one) => {
      one.perSecond.push(await one.run());
    });
    const of = (size, name) => median(contenders.find((one) => one.size === size && one.name === name).perSecond);
    const parts = [1, 2].map((size) => of(size, "pool") / of(size, "bare"));
    return {
      keys: {
        pool_efficiency: rounded(Math.min(...parts)),
        pool_efficiency_1: rounded(parts[0]),
        pool_efficiency_2: rounded(parts[1]),
      },
      title: "Lines read a second, OCR in WASM",
      columns: ["", "through a pool", "bare threads", "part"],
      rows: [1, 2].map((size, i) => [
        `${size} thread${size > 1 ? "s" : ""}`,
        of(size, "pool").toFixed(1),
        of(size, "bare").toFixed(1),
        parts[i].toFixed(3),
      ]),
      rounds: done,
      details: { callersPerMember: CALLERS_PER_MEMBER, roundMs: MS },
    };
  } finally {
    await Promise.all(bare.map(({ worker }) => worker.terminate()));
    await app.stop();
  }
}

async function bareWorker() {
  const worker = new Worker(new URL("./bare-worker.mjs", import.meta.url), { workerData: { image, warm: WARM_RUNS } });
  const [reads] = await once(worker, "message");
  return { worker, reads };
}

/** Lines a second: each thread's own rate, so that none is charged with the rest of another that ended sooner. */
async function inBareThreads(threads) {
  const rates = threads.map(async ({ worker }) => {
    worker.postMessage(MS);
    const [perMs] = await once(worker, "message");
    return perMs;
  });
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate) * 1000;
}

/** Lines a second between the first answer and the last: all members are busy from the one to the other. */
async function inPool(ref, size, text) {
  const until = now() + MS;
  const answered = [];
  const caller = async () => {
    while (now() < until) {
      const line = await ref.ask.image(image);
      if (line.text !== text) throw new Error(`the pool reads "${line.text}"`);
      const at = now();
      if (at < until) answered.push(at);
    }
  };
  await Promise.all(Array.from({ length: size * CALLERS_PER_MEMBER }, caller));
  return ((answered.length - 1) / (answered.at(-1) - answered[0])) * 1000;
}

async function warmUp(ref, size) {
  const caller = async () => {
    for (let i = 0; i < WARM_RUNS / CALLERS_PER_MEMBER; i++) await ref.ask.image(image);
  };
  await Promise.all(Array.from({ length: size * CALLERS_PER_MEMBER }, caller));
}
