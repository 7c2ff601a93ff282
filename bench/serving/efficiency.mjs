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
 *
 * Members get one request ahead (`window: 2`): whoever has answered begins the next one while its answer is still on the way. As a pool
 * comes, a request is given to whoever is free first, which is better for the longest waits, and a member waits for it.
 */

const image = readFileSync(new URL("../../test/fixtures/lines/clear.png", import.meta.url));
/** WASM is ten times slower before V8 has optimized it. */
const WARM_RUNS = 20;
const ROUNDS = 4;
const MS = 900;
/** There is always one that runs, one ahead, and one in the mailbox, as under load. */
const CALLERS_PER_MEMBER = 3;

/** @param {{ rounds?: number, withinMs: number, say: (line: string) => void }} options */
export async function scene({ rounds = ROUNDS, withinMs, say }) {
  const until = now() + withinMs;
  const spec = (size, options) => pool(thread(readModule, { runtime: "wasm" }, options), { size, spares: 0 });
  const ahead = { window: 2 };
  const app = await system(supervisor({}, { n1: spec(1, ahead), n2: spec(2, ahead), asItComes: spec(2) }));
  const bare = await Promise.all([bareWorker(), bareWorker()]);
  try {
    const { n1, n2, asItComes } = app.refs;
    const { text } = await n1.ask.image(image);
    if (text === "" || bare.some(({ reads }) => reads !== text))
      throw new Error(`it reads "${text}" here, other text elsewhere`);
    const contenders = {
      pool1: () => inPool(n1, 1, text),
      bare1: () => inBareThreads(bare.slice(0, 1)),
      pool2: () => inPool(n2, 2, text),
      bare2: () => inBareThreads(bare),
      asItComes2: () => inPool(asItComes, 2, text),
    };
    for (const [ref, size] of [
      [n1, 1],
      [n2, 2],
      [asItComes, 2],
    ])
      await warmUp(ref, size);
    say("  loaded and warm");
    const perSecond = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
    const limits = { rounds, withinMs: until - now() - 6 * MS };
    const done = await interleave(Object.keys(contenders), limits, async (name) => {
      perSecond[name].push(await contenders[name]());
    });
    const rate = Object.fromEntries(Object.entries(perSecond).map(([name, rates]) => [name, median(rates)]));
    // Of the same round: the machine is at something else in another.
    const over = (pooled, alone) => median(perSecond[pooled].map((value, round) => value / perSecond[alone][round]));
    const parts = [over("pool1", "bare1"), over("pool2", "bare2"), over("asItComes2", "bare2")];
    const row = (name, pooled, alone, part) => [name, pooled.toFixed(1), alone.toFixed(1), part.toFixed(3)];
    return {
      keys: {
        pool_efficiency: rounded(Math.min(parts[0], parts[1])),
        pool_efficiency_1: rounded(parts[0]),
        pool_efficiency_2: rounded(parts[1]),
        pool_efficiency_2_as_it_comes: rounded(parts[2]),
      },
      title: "Lines read a second, OCR in WASM",
      columns: ["", "through a pool", "bare threads", "part"],
      rows: [
        row("1 thread", rate.pool1, rate.bare1, parts[0]),
        row("2 threads", rate.pool2, rate.bare2, parts[1]),
        row("2 threads, none ahead", rate.asItComes2, rate.bare2, parts[2]),
      ],
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

/**
 * Lines a second from when each member has answered once to the last answer: all members are busy from the one to the other, and
 * members in step count as those that take turns.
 */
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
  return ((answered.length - size) / (answered.at(-1) - answered[size - 1])) * 1000;
}

async function warmUp(ref, size) {
  const caller = async () => {
    for (let i = 0; i < WARM_RUNS / CALLERS_PER_MEMBER; i++) await ref.ask.image(image);
  };
  await Promise.all(Array.from({ length: size * CALLERS_PER_MEMBER }, caller));
}
