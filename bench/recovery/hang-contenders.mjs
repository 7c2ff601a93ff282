import { join } from "node:path";
import Piscina from "piscina";
import { supervisor, system, thread } from "../../dist/index.js";

/** Everybody is given the same limit, ms: the actor's files beside the modules declare it, the callers below set it. */
export const LIMIT_MS = 100;

/** Tries of one request before a peer counts as broken. */
const MOST_TRIES = 20;

/** A hang is charged to its message, so this is the budget that counts: stated, and far above the bench's need. */
const guiltyIntensity = { restarts: 3000, within: "60s" };

/** Who is measured; the first is the one that the others are set against. */
export const hangStarters = {
  spare: (...bench) => holdfast("holdfast, a warm spare", "loaded", ...bench),
  cold: (...bench) => holdfast("holdfast, a cold thread", "none", ...bench),
  piscina: (...bench) => piscina("piscina, as it comes", {}, ...bench),
  piscinaOne: (...bench) => piscina("piscina, one thread", { minThreads: 1, maxThreads: 1 }, ...bench),
  piscinaStandby: (...bench) =>
    piscina("piscina, a thread on standby", { minThreads: 2, maxThreads: 2, atomics: "disabled" }, ...bench),
};

/** The limit is its method's; the caller only waits. */
async function holdfast(name, spare, { folder, method, props }, faultFile) {
  const module = new URL(`${folder}/limited-actor.mjs`, import.meta.url);
  const actor = thread(module, { ...props, faultFile }, { spare, guiltyIntensity });
  const app = await system(supervisor({}, { actor }));
  return {
    name,
    ask: app.refs.actor.ask[method],
    ours: true,
    stop: () => app.stop(),
    level: () => app.reports().at(-1)?.level,
  };
}

/** Each call has a signal that aborts at the limit, which ends its thread; it is called again after the rejection. */
async function piscina(name, tuning, { folder }, faultFile) {
  const filename = join(import.meta.dirname, folder, "piscina-task.mjs");
  const pool = new Piscina({ filename, workerData: { faultFile }, ...tuning });
  pool.on("error", () => {});
  const ask = async (input, limited = true) => {
    for (let tries = 1; ; tries++) {
      // Only the first try is bounded: one that waits for its thread to load would be taken for another hang.
      const signal = limited && tries === 1 ? AbortSignal.timeout(LIMIT_MS) : undefined;
      try {
        return await pool.run(input, { signal });
      } catch (error) {
        if (tries === MOST_TRIES) throw error;
      }
    }
  };
  return { name, ask, ours: false, stop: () => pool.destroy() };
}
