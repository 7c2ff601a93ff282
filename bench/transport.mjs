import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { median, rounded } from "./measure/stats.mjs";
import { table } from "./measure/table.mjs";
import { play, scenes } from "./transport/scenes.mjs";
import { playTensors } from "./transport/tensors.mjs";

/*
 * Messages to one worker thread and back: how many a second with 64 in flight, how long one takes alone; with all cores,
 * and with one for both threads. A supervised actor behind a bounded mailbox against a bare pool, as it comes and tuned.
 */

const ROUNDS = 9;
/** Of one scene. */
const WITHIN_MS = 18_000;

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function run({ rounds = ROUNDS, say }) {
  const limits = { rounds, withinMs: WITHIN_MS };
  say(`${availableParallelism()} cores: ${rounds} rounds of ${Object.keys(scenes).length} scenes …`);
  const all = await play(Object.keys(scenes), limits);
  say("tensors …");
  const tensors = await playTensors(limits);
  say("one core …");
  const one = onOneCore(limits);
  const { samples } = all;
  return {
    figures: {
      empty64_vs_piscina: more(samples.empty64, ["piscina"]),
      empty64_vs_piscina_tuned: more(samples.empty64, tuned),
      p50_two_cores_vs_piscina: less(samples.p50, ["piscina"]),
      json64_vs_piscina_tuned: more(samples.json64, tuned),
      tensor1mb64_vs_piscina: more(samples.tensor1mb64, ["piscina"]),
      ...tensors.figures,
      ...(one && {
        p50_one_core_vs_piscina: less(one.samples.p50, ["piscina"]),
        onecore64_vs_piscina_tuned: more(one.samples.empty64, tuned),
      }),
      empty64_per_s: rounded(median(samples.empty64.ours)),
      p50_two_cores_us: rounded(median(samples.p50.ours)),
      json64_per_s: rounded(median(samples.json64.ours)),
    },
    text: [
      drawn("All cores", samples),
      tensors.text,
      one ? drawn("One core for both threads", one.samples) : "\none core: taskset is not there",
      ...notes,
    ].join("\n"),
    rounds: Math.min(all.rounds, one?.rounds ?? all.rounds),
  };
}

/** The better of these is the peer at its best. */
const tuned = ["tunedSync", "tunedDisabled"];

const notes = [
  "",
  "answers a second with 64 in flight, microseconds for one at a time; medians of interleaved rounds. All contenders share",
  "one program; those whose turn it is not are idle. tuned: the better of the two settings with 64 tasks at once.",
];

/** How many times as many answers as the best of these peers. */
function more(samples, peers) {
  return rounded(median(samples.ours) / Math.max(...peers.map((key) => median(samples[key]))));
}

/** How many times as long the best of these peers takes. */
function less(samples, peers) {
  return rounded(Math.min(...peers.map((key) => median(samples[key]))) / median(samples.ours));
}

/** The same in a program that is pinned to one core; undefined where nothing can pin it. */
function onOneCore(limits) {
  const program = join(import.meta.dirname, "transport", "one-core.mjs");
  try {
    const args = ["-c", "0", process.execPath, program, JSON.stringify(limits)];
    return JSON.parse(execFileSync("taskset", args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function drawn(title, samples) {
  const names = Object.keys(samples);
  const rows = Object.keys(samples[names[0]]).map((key) => [
    key,
    ...names.map((name) => {
      const value = median(samples[name][key]);
      return value < 1000 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
    }),
  ]);
  return table(title, ["", ...names.map((name) => scenes[name].title)], rows);
}
