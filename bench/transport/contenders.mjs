import { join } from "node:path";
import Piscina from "piscina";
import { supervisor, system, thread } from "../../dist/index.js";

/**
 * One worker thread each.
 *
 * @typedef {{ key: string, name: string, ask(method: string, input: unknown): Promise<unknown>, stop(): Promise<unknown> }} Contender
 */

/** @type {Record<string, (key: string) => Promise<Contender>>} */
export const starters = {
  ours: holdfast,
  piscina: (key) => piscina(key, "piscina, as it comes", {}),
  tunedSync: (key) => piscina(key, "piscina, 64 tasks at once", { concurrentTasksPerWorker: 64 }),
  tunedDisabled: (key) =>
    piscina(key, "piscina, 64 at once, no atomics", { concurrentTasksPerWorker: 64, atomics: "disabled" }),
};

/** A supervised actor behind a bounded mailbox, by the public API. */
async function holdfast(key) {
  const mailbox = { messages: 1000, bytes: 256 * 2 ** 20 };
  const work = thread(new URL("./actor.mjs", import.meta.url), undefined, { mailbox });
  const app = await system(supervisor({}, { work }));
  const { ask } = app.refs.work;
  const asks = {
    empty: () => ask.empty(),
    json: (input) => ask.json(input),
    floats: (input) => ask.floats(input),
  };
  return { key, name: "holdfast", ask: (method, input) => asks[method](input), stop: () => app.stop() };
}

async function piscina(key, name, tuning) {
  const filename = join(import.meta.dirname, "task.mjs");
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1, ...tuning });
  return { key, name, ask: (method, input) => pool.run({ method, input }), stop: () => pool.destroy() };
}
