import { join } from "node:path";
import { Worker } from "node:worker_threads";
import Piscina from "piscina";
import workerpool from "workerpool";
import { fork, supervisor, system, thread } from "../../dist/index.js";

/**
 * A contender holds one worker of a module and brings it back when it dies. `ask` resolves with the answer to this very
 * request, whatever happens on the way: by supervision and redelivery here, by calling again after the rejection there.
 *
 * @typedef {{ name: string, ask(input: unknown): Promise<unknown>, stop(): Promise<unknown>, level?(): string | undefined }} Contender
 */

/** Everybody who is measured; the first is the one that the others are set against. */
export const starters = {
  spare: (...bench) => holdfast("holdfast, a warm spare", thread, "loaded", ...bench),
  cold: (...bench) => holdfast("holdfast, a cold thread", thread, "none", ...bench),
  process: (...bench) => holdfast("holdfast, a process with a warm spare", fork, "loaded", ...bench),
  piscina: (...bench) => piscina("piscina, as it comes", {}, ...bench),
  piscinaOne: (...bench) => piscina("piscina, one thread", { minThreads: 1, maxThreads: 1 }, ...bench),
  piscinaStandby: (...bench) => piscina("piscina, a thread on standby", { ...two, atomics: "disabled" }, ...bench),
  workerpool: (...bench) => workerPool("workerpool, as it comes", ...bench),
  rawWorker: (...bench) => rawWorker("a raw Worker, restarted by hand", ...bench),
};

/** For recovery the best there is: what dies is replaced by what already runs. (atomics "disabled" was faster here.) */
const two = { minThreads: 2, maxThreads: 2 };

/** Tries of one request before a peer counts as broken. */
const MOST_TRIES = 20;

/** A message is charged with each death here, so this is the budget that counts: stated, and far above the bench's need. */
const guiltyIntensity = { restarts: 3000, within: "60s" };

/**
 * A supervised actor: an idempotent or replayable request is delivered again, the caller only waits.
 *
 * @param {typeof thread | typeof fork} spec
 * @param {"loaded" | "none"} spare
 * @returns {Promise<Contender>}
 */
async function holdfast(name, spec, spare, { folder, method, props }, faultFile) {
  const module = new URL(`${folder}/actor.mjs`, import.meta.url);
  const actor = spec(module, { ...props, faultFile }, { spare, guiltyIntensity });
  const app = await system(supervisor({}, { actor }));
  const ask = app.refs.actor.ask[method];
  return { name, ask, stop: () => app.stop(), level: () => app.reports().at(-1)?.level };
}

/**
 * Piscina: run() again after the rejection.
 *
 * @param {Record<string, unknown>} tuning
 * @returns {Promise<Contender>}
 */
async function piscina(name, tuning, { folder }, faultFile) {
  const filename = join(import.meta.dirname, folder, "piscina-task.mjs");
  const pool = new Piscina({ filename, workerData: { faultFile }, ...tuning });
  pool.on("error", () => {});
  return { name, ask: (input) => again(() => pool.run(input)), stop: () => pool.destroy() };
}

/** Workerpool: exec() again after the rejection. @returns {Promise<Contender>} */
async function workerPool(name, { folder }, faultFile) {
  const script = join(import.meta.dirname, folder, "workerpool-script.mjs");
  const workerThreadOpts = { workerData: { faultFile } };
  const pool = workerpool.pool(script, { workerType: "thread", workerThreadOpts });
  return { name, ask: (input) => again(() => pool.exec("answer", [input])), stop: () => pool.terminate(true) };
}

/** A worker with the restart that one writes by hand: at 'error' or 'exit' a new one, which gets the open requests. */
async function rawWorker(name, { folder }, faultFile) {
  const url = new URL(`${folder}/worker.mjs`, import.meta.url);
  const open = new Map();
  let stopped = false;
  let last = 0;
  let worker = start();

  function start() {
    const fresh = new Worker(url, { workerData: { faultFile } });
    fresh.on("message", ({ id, answer }) => {
      open.get(id)?.resolve(answer);
      open.delete(id);
    });
    const died = () => {
      if (stopped || worker !== fresh) return;
      worker = start();
      for (const [id, { input }] of open) worker.postMessage({ id, input });
    };
    fresh.on("error", died);
    fresh.on("exit", died);
    return fresh;
  }

  return {
    name,
    ask: (input) =>
      new Promise((resolve) => {
        const id = ++last;
        open.set(id, { input, resolve });
        worker.postMessage({ id, input });
      }),
    stop() {
      stopped = true;
      return worker.terminate();
    },
  };
}

async function again(call) {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
    }
  }
}
