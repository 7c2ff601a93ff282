import { interleave } from "../measure/interleave.mjs";
import { now } from "../measure/now.mjs";
import { median } from "../measure/stats.mjs";
import { starters } from "./contenders.mjs";

/** A request of an inference server, 1.1 kB as JSON. */
const request = {
  id: "req-000017",
  model: "digits-small",
  params: { temperature: 0.7, topK: 40, stop: ["\n", "###"], stream: false },
  inputs: Array.from({ length: 8 }, (_, i) => ({
    name: `input${i}`,
    shape: [1, 3, 32, 32],
    dtype: "float32",
    score: i * 0.37,
    text: `the quick brown fox jumps over ${i}`,
  })),
  meta: { user: "u-123456", tags: ["alpha", "beta", "gamma"], at: 1_732_291_200_000, retries: 0, parent: null },
};

/** 1 MB. */
const values = new Float32Array(262_144).fill(0.5);

/**
 * What is asked, by whom it is answered, and how long one measurement takes.
 *
 * @type {Record<string, { title: string, method: string, input?: unknown, right(answer: unknown): boolean, inFlight: number, ms: number, without?: string[] }>}
 */
export const scenes = {
  empty64: { title: "empty, 64 in flight", method: "empty", right: (a) => a === undefined, inFlight: 64, ms: 400 },
  p50: { title: "empty, one at a time", method: "empty", right: (a) => a === undefined, inFlight: 1, ms: 300 },
  json64: {
    title: "1 kB object and back, 64 in flight",
    method: "json",
    input: request,
    right: (a) => a.done === 8 && a.inputs[7].text === request.inputs[7].text,
    inFlight: 64,
    ms: 400,
  },
  tensor1mb64: {
    title: "1 MB of floats, copied, 64 in flight",
    method: "floats",
    input: values,
    right: (a) => a === 1,
    inFlight: 64,
    ms: 500,
  },
};

/**
 * Measures every contender in turns.
 *
 * @param {readonly string[]} names of scenes
 * @param {{ rounds: number, withinMs: number }} limits of each scene
 * @returns {Promise<{ samples: Record<string, Record<string, number[]>>, rounds: number }>} answers per second; of
 *   scenes with one in flight the median round trip in microseconds
 */
export async function play(names, limits) {
  const contenders = [];
  const samples = {};
  let rounds = Number.POSITIVE_INFINITY;
  try {
    for (const [key, start] of Object.entries(starters)) contenders.push(await start(key));
    for (const name of names) {
      const scene = scenes[name];
      samples[name] = Object.fromEntries(contenders.map(({ key }) => [key, []]));
      // Compiled, before it counts.
      for (const contender of contenders) await measured(scene, contender, scene.ms * 2);
      const done = await interleave(contenders, limits, async (contender) => {
        samples[name][contender.key].push(await measured(scene, contender, scene.ms));
      });
      rounds = Math.min(rounds, done);
    }
  } finally {
    for (const { stop } of contenders) await stop();
  }
  return { samples, rounds };
}

function measured(scene, contender, ms) {
  return scene.inFlight === 1 ? roundTrip(scene, contender, ms) : rate(scene, contender, ms);
}

/** @returns {Promise<number>} the median, in microseconds */
async function roundTrip({ method, input, right }, { name, ask }, ms) {
  const took = [];
  const until = now() + ms;
  for (let before = now(); before < until; ) {
    const answer = await ask(method, input);
    const after = now();
    took.push((after - before) * 1000);
    before = after;
    if (!right(answer)) throw new Error(`${name} gave a wrong answer`);
  }
  return median(took);
}

/** @returns {Promise<number>} answers per second */
async function rate({ method, input, right, inFlight }, { name, ask }, ms) {
  const before = now();
  const until = before + ms;
  let answers = 0;
  let time = before;
  const caller = async () => {
    while (time < until) {
      const answer = await ask(method, input);
      if (!right(answer)) throw new Error(`${name} gave a wrong answer`);
      // A look at the clock costs as much as what is measured.
      if (++answers % 16 === 0) time = now();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return answers / ((now() - before) / 1000);
}
