import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { median, rounded } from "./measure/stats.mjs";
import { table } from "./measure/table.mjs";

/*
 * What a supervised actor costs: a handler's error to the next answer of the same actor, restarts of one child, and ten
 * and a hundred thousand children started and stopped, each with a spec and a name of its own. Beside OTP's supervisor
 * on the BEAM (where erl is installed) and nact, each in its own habit.
 *
 * Every measurement is a process of its own, so that no heap is another's; contenders take turns, and the median of the
 * rounds is told.
 */

const ROUNDS = 3;
const CRASHES = 5000;
const FEW = 10_000;
const MANY = 100_000;
/** One process may take as long; all together end within three minutes on a small machine that does nothing else. */
const WITHIN_MS = 60_000;

const run_ = promisify(execFile);
const file = (name) => join(import.meta.dirname, "supervision", name);
const node = (name, ...args) => ({ command: process.execPath, args: ["--expose-gc", file(name), ...args] });
const beam = (...args) => ({ command: "escript", args: [file("beam.escript"), ...args] });

/** Contenders by name: how each is asked. */
const restarts = {
  inline: node("ours-restart.mjs", "inline", CRASHES),
  thread: node("ours-restart.mjs", "thread", CRASHES),
  beam: beam("restart", CRASHES),
  nact: node("nact-restart.mjs", CRASHES),
};
const many = (count) => ({
  ours: node("ours-many.mjs", count),
  beam: beam("many", count),
  nact: node("nact-many.mjs", count),
});

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function run({ rounds = ROUNDS, say }) {
  const crash = await compare("restarts", restarts, rounds, say);
  const few = await compare(`${FEW} children`, many(FEW), rounds, say);
  const all = await compare(`${MANY} children`, many(MANY), rounds, say);
  const perChild = (seen, count, field) => seen[field] / count;
  const growth = (name, field) => {
    if (!few[name] || !all[name]) return null;
    return rounded(perChild(all[name], MANY, field) / perChild(few[name], FEW, field));
  };
  return {
    figures: {
      handler_error_inline_us: crash.inline.p50_us,
      handler_error_thread_us: crash.thread.p50_us,
      restarts_per_second: crash.inline.per_second,
      restarts_per_second_thread: crash.thread.per_second,
      bytes_per_child: all.ours.bytes,
      ...startAndStop("", few.ours, all.ours),
      start_growth: growth("ours", "start_ms"),
      stop_growth: growth("ours", "stop_ms"),
      ...peer("beam", crash.beam, few.beam, all.beam),
      beam_stop_growth: growth("beam", "stop_ms"),
      ...peer("nact", crash.nact, few.nact, all.nact),
      ...versus("beam", crash, all),
      ...versus("nact", crash, all),
    },
    text: [crashTable(crash), manyTable(few, all), ...notes].join("\n"),
    rounds,
  };
}

const notes = [
  "",
  "us: from the throw to the next answer of the same actor, p50. Here and with nact that ask waits behind the bad one; on",
  "the BEAM a mailbox dies with its process, so the caller asks again until the next one has taken the name. nact resets",
  "an actor's state in place and has no budget, no report and no order to keep with siblings.",
  "bytes: heap and buffers, or the BEAM's process memory, after garbage collection; refs and pids are not kept.",
];

/** The median of each figure of each contender; undefined for one that is not installed. */
async function compare(what, contenders, rounds, say) {
  const seen = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    say(`${what}: round ${round} of ${rounds}`);
    for (const [name, { command, args }] of Object.entries(contenders)) {
      const result = await measured(command, args.map(String));
      if (result) seen[name].push(result);
    }
  }
  const medians = (results) =>
    Object.fromEntries(Object.keys(results[0]).map((field) => [field, medianOf(results, field)]));
  return Object.fromEntries(
    Object.entries(seen).map(([name, results]) => [name, results.length > 0 ? medians(results) : undefined]),
  );
}

const medianOf = (results, field) => rounded(median(results.map((result) => result[field])));

/** @returns {Promise<Record<string, number> | undefined>} undefined when there is no such program */
async function measured(command, args) {
  try {
    const { stdout } = await run_(command, args, { timeout: WITHIN_MS });
    return JSON.parse(stdout);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function startAndStop(prefix, few, all) {
  return {
    [`${prefix}start_10k_ms`]: few?.start_ms ?? null,
    [`${prefix}start_100k_ms`]: all?.start_ms ?? null,
    [`${prefix}stop_10k_ms`]: few?.stop_ms ?? null,
    [`${prefix}stop_100k_ms`]: all?.stop_ms ?? null,
  };
}

function peer(name, crash, few, all) {
  return {
    [`${name}_handler_error_us`]: crash?.p50_us ?? null,
    [`${name}_restarts_per_second`]: crash?.per_second ?? null,
    [`${name}_bytes_per_child`]: all?.bytes ?? null,
    ...startAndStop(`${name}_`, few, all),
  };
}

/** How many times as much the peer takes: above 1 we are ahead. */
function versus(name, crash, all) {
  const [peerCrash, peerAll] = [crash[name], all[name]];
  const ratio = (theirs, ours) => (theirs === undefined ? null : rounded(theirs / ours));
  return {
    [`handler_error_inline_vs_${name}`]: ratio(peerCrash?.p50_us, crash.inline.p50_us),
    [`handler_error_thread_vs_${name}`]: ratio(peerCrash?.p50_us, crash.thread.p50_us),
    [`bytes_per_child_vs_${name}`]: ratio(peerAll?.bytes, all.ours.bytes),
    [`start_100k_vs_${name}`]: ratio(peerAll?.start_ms, all.ours.start_ms),
    [`stop_100k_vs_${name}`]: ratio(peerAll?.stop_ms, all.ours.stop_ms),
  };
}

function crashTable({ inline, thread, beam: otp, nact }) {
  const row = (name, seen) => [name, seen?.p50_us ?? "not installed", seen?.per_second ?? ""];
  return table(
    "a handler's error to the next answer",
    ["", "us", "restarts/s"],
    [row("holdfast, inline", inline), row("holdfast, thread", thread), row("OTP on the BEAM", otp), row("nact", nact)],
  );
}

function manyTable(few, all) {
  const row = (name, key) => {
    const [a, b] = [few[key], all[key]];
    if (!a || !b) return [name, "not installed", "", "", "", ""];
    return [name, a.start_ms, b.start_ms, a.stop_ms, b.stop_ms, b.bytes];
  };
  const columns = ["", "start 10k ms", "start 100k ms", "stop 10k ms", "stop 100k ms", "bytes each"];
  return table("children with specs and names of their own", columns, [
    row("holdfast, inline", "ours"),
    row("OTP on the BEAM", "beam"),
    row("nact", "nact"),
  ]);
}
