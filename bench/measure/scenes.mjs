import { existsSync } from "node:fs";
import { join } from "node:path";
import { table } from "./table.mjs";

/*
 * A bench of scenes. Each is a file in the bench's folder that exports
 *
 *   scene({ rounds, say, withinMs })
 *     rounds    how many are wanted; undefined: the scene's own number
 *     say       a line for who waits
 *     withinMs  it is over by then
 *   and returns, maybe later,
 *     keys      flat keys with numbers: what --json writes, the scene's own figure among them
 *     title, columns, rows   a table for people (see table.mjs)
 *     notes     lines below it; optional
 *     details   plain data for --json's meta: curves, settings; optional
 *     rounds    how many were done; optional
 */

/** Of one scene: all of them within three minutes. */
const WITHIN_MS = 30_000;

/**
 * @param {string} folder  absolute; where the scenes' files are
 * @param {Readonly<Record<string, string>>} scenes  each and its figure. One whose file is not there has none: null
 * @param {{ rounds?: number, only?: string, say: (line: string) => void }} options  only: one scene's name
 */
export async function runScenes(folder, scenes, { rounds, only, say }) {
  if (only !== undefined && !Object.hasOwn(scenes, only)) {
    throw new Error(`there is no scene "${only}": there are ${Object.keys(scenes).join(", ")}`);
  }
  const figures = {};
  const details = {};
  const texts = [];
  const done = [];
  for (const [name, figure] of Object.entries(scenes)) {
    if (only !== undefined && only !== name) continue;
    const file = join(folder, `${name}.mjs`);
    if (!existsSync(file)) {
      figures[figure] = null;
      continue;
    }
    say(`${name} …`);
    const result = await play(file, { rounds, say, withinMs: WITHIN_MS }).catch((cause) => {
      throw new Error(`${name}: ${cause.message}`, { cause });
    });
    if (typeof result.keys[figure] !== "number") throw new Error(`${name} has no number ${figure}`);
    Object.assign(figures, result.keys);
    if (result.details) details[name] = result.details;
    if (result.rounds) done.push(result.rounds);
    texts.push(table(result.title, result.columns, result.rows), ...(result.notes ?? []));
  }
  return { figures, details, text: texts.join("\n"), rounds: done.length > 0 ? Math.min(...done) : 1 };
}

async function play(file, options) {
  const { scene } = await import(file);
  return scene(options);
}
