import { join } from "node:path";
import Piscina from "piscina";
import { DynamicThreadPool, FixedThreadPool } from "poolifier";
import { Tinypool } from "tinypool";
import workerpool from "workerpool";
import { pool, supervisor, system, thread } from "../../dist/index.js";

/**
 * Worker threads that do the same work.
 *
 * @typedef {{ id: number, ms: number }} Job
 * @typedef {{
 *   name: string,
 *   ask(job: Job): Promise<unknown>,
 *   members(): number,
 *   stop(): Promise<unknown>,
 * }} Contender  members: threads that are there for work, those that start or end included
 */

/** Not what is measured: nobody refuses what waits. */
const mailbox = { messages: 100_000 };

/**
 * A supervised pool, by the public API.
 *
 * @param {string} name
 * @param {Record<string, unknown>} options of the pool
 * @param {{ folder?: "light" | "heavy", props?: Record<string, unknown>, spare?: "loaded" | "empty" | "none" }} [module]
 */
export async function holdfast(name, options, { folder = "light", props, spare = "loaded" } = {}) {
  const member = thread(new URL(`./${folder}/actor.mjs`, import.meta.url), props, { mailbox, spare });
  const app = await system(supervisor({}, { work: pool(member, options) }));
  const { work } = app.refs;
  return {
    name,
    app,
    ref: work,
    ask: (job) => work.ask.work(job),
    members: () => app.tree().children[0].children.length,
    stop: () => ended(name, app.stop()),
  };
}

/** @returns {Promise<Contender>} */
export async function piscina(name, tuning, { folder = "light", props } = {}) {
  const filename = join(import.meta.dirname, folder, "task.mjs");
  const pool = new Piscina({ filename, workerData: props, ...tuning });
  return {
    name,
    ask: (job) => pool.run(job),
    members: () => pool.threads.length,
    stop: () => ended(name, pool.destroy()).catch(console.error),
  };
}

/** @returns {Promise<Contender>} */
export async function tinypool(name, tuning, { props } = {}) {
  const filename = join(import.meta.dirname, "light", "task.mjs");
  const pool = new Tinypool({ filename, workerData: props, ...tuning });
  return {
    name,
    ask: (job) => pool.run(job),
    members: () => pool.threads.length,
    stop: () => ended(name, pool.destroy()).catch(console.error),
  };
}

/** @param {{ min?: number, max: number } & Record<string, unknown>} tuning @returns {Promise<Contender>} */
export async function poolifier(name, { min, max, ...options }, { props } = {}) {
  const file = join(import.meta.dirname, "light", "poolifier-worker.mjs");
  const all = { workerOptions: { workerData: props }, ...options };
  const pool = min === undefined ? new FixedThreadPool(max, file, all) : new DynamicThreadPool(min, max, file, all);
  return {
    name,
    ask: (job) => pool.execute(job),
    members: () => pool.info.workerNodes,
    stop: () => ended(name, pool.destroy()).catch(console.error),
  };
}

/** @returns {Promise<Contender>} */
export async function workerPool(name, tuning, { props } = {}) {
  const script = join(import.meta.dirname, "light", "workerpool-script.mjs");
  const pool = workerpool.pool(script, {
    workerType: "thread",
    workerThreadOpts: { workerData: props },
    ...tuning,
  });
  return {
    name,
    ask: (job) => pool.exec("work", [job]),
    members: () => pool.stats().totalWorkers,
    stop: () => ended(name, pool.terminate(true)).catch(console.error),
  };
}

/** What does not end is named, and keeps nobody: a peer's figures stand without its end, ours do not. */
async function ended(name, stopping) {
  let limit;
  const late = new Promise((_, reject) => {
    limit = setTimeout(() => reject(new Error(`${name} did not stop within ${STOP_WITHIN_MS} ms`)), STOP_WITHIN_MS);
  });
  await Promise.race([stopping, late]).finally(() => clearTimeout(limit));
}

const STOP_WITHIN_MS = 10_000;

// poolifier 5.3 throws where nobody can catch it when a thread that it has just let go still answers: its own race, and no
// reason to lose the others' figures. Anything else ends the bench.
process.on("uncaughtException", (error) => {
  if (/received from unknown worker/.test(error?.message)) return;
  console.error(error);
  process.exit(1);
});
