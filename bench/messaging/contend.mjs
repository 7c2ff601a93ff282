import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { median, rounded } from "../measure/stats.mjs";

/** One process may take as long. */
const WITHIN_MS = 120_000;

const run = promisify(execFile);

/**
 * Contenders take turns, each in a process of its own, so that no heap is another's; the median of the rounds is told.
 *
 * @param {Record<string, { command: string, args: readonly string[] }>} contenders by name
 * @param {number} rounds
 * @returns {Promise<Record<string, Record<string, number> | undefined>>} undefined for one that is not installed
 */
export async function contend(contenders, rounds) {
  const seen = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, { command, args }] of Object.entries(contenders)) {
      const result = await measured(command, args);
      if (result) seen[name].push(result);
    }
  }
  return Object.fromEntries(Object.entries(seen).map(([name, results]) => [name, medians(results)]));
}

function medians(results) {
  if (results.length === 0) return undefined;
  const fields = Object.keys(results[0]);
  return Object.fromEntries(fields.map((field) => [field, rounded(median(results.map((result) => result[field])))]));
}

/** @returns {Promise<Record<string, number> | undefined>} undefined when there is no such program */
async function measured(command, args) {
  try {
    const { stdout } = await run(command, args, { timeout: WITHIN_MS });
    return JSON.parse(stdout);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    if (error.killed) {
      const what = [command, ...args].join(" ");
      throw new Error(`${what}: not done within ${WITHIN_MS / 1000} s. Is the machine busy with something else?`);
    }
    throw error;
  }
}
