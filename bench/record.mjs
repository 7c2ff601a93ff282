import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { median, rounded } from "./measure/stats.mjs";
import { table } from "./measure/table.mjs";

/*
 * What the flight recorder costs while nothing dies: asks of an empty handler with it and without it
 * (HOLDFAST_RECORDER=off), each measurement a process of its own, the two in turn, medians. Ratios above 1 say that with it
 * more is done. Messages for each second of the processor, which others on the machine disturb least; by the clock
 * too, where what differs from 1 by less than the spread of the rounds is noise. `recorder_cost` is that of a thread.
 */

const ROUNDS = 7;
const WITHIN_MS = 60_000;
const run_ = promisify(execFile);
const file = join(import.meta.dirname, "record", "ours.mjs");

/** Messages of one measurement, by level. */
const levels = { inline: 400_000, thread: 200_000, fork: 60_000 };

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function run({ rounds = ROUNDS, say }) {
  const seen = {};
  for (const [level, count] of Object.entries(levels)) {
    const both = { on: [], off: [] };
    for (let round = 0; round < rounds; round++) {
      say(`${level}: round ${round + 1} of ${rounds}`);
      const order = round % 2 === 0 ? ["on", "off"] : ["off", "on"];
      for (const how of order) both[how].push(await measured(level, count, how));
    }
    seen[level] = both;
  }
  const figures = {};
  const rows = [];
  for (const [level, { on, off }] of Object.entries(seen)) {
    const of = (list, field) => median(list.map((one) => one[field]));
    const wall = rounded(of(on, "per_second") / of(off, "per_second"));
    const cpu = rounded(of(off, "cpu_us") / of(on, "cpu_us"));
    const spread = rounded(spreadOf(off.map((one) => one.per_second)));
    figures[`recorder_cost_${level}`] = cpu;
    figures[`recorder_cost_wall_${level}`] = wall;
    figures[`recorder_cost_wall_spread_${level}`] = spread;
    rows.push([level, cpu, wall, spread]);
  }
  const columns = ["level", "per CPU second", "by the clock", "its spread without"];
  const text = table("messages with the recorder, over without it", columns, rows);
  return { figures: { recorder_cost: figures.recorder_cost_thread, ...figures }, text, rounds };
}

/** The middle half of the samples, as a part of their median. */
function spreadOf(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  return (at(0.75) - at(0.25)) / median(samples);
}

async function measured(level, count, how) {
  const env = { ...process.env, HOLDFAST_RECORDER: how };
  const { stdout } = await run_(process.execPath, [file, level, String(count)], { timeout: WITHIN_MS, env });
  return JSON.parse(stdout);
}
