import { type App, type CallOptions, HoldfastError, type PoolRef, supervisor, system } from "holdfast";
import type { Model, ModelDescription } from "holdfast/serving";
import type { ModelState, ServedModels } from "../../src/serving/repository/served-models.js";

export interface PooledModels extends ServedModels {
  readonly app: App<unknown>;
}

/** The models of a system as a repository of one version each: what stands behind the door is a pool that runs. */
export async function pooledModels(tree: Parameters<typeof supervisor>[1]): Promise<PooledModels> {
  const app = (await system(supervisor({}, tree))) as App<Record<string, PoolRef<Model>>>;
  const descriptions = new Map<string, ModelDescription>();
  for (const [name, ref] of Object.entries(app.refs)) descriptions.set(name, await ref.ask.describe());
  const unloaded = new Set<string>();
  const counts = new Map<string, number>();
  const known = (name: string, version = "1") => {
    const description = descriptions.get(name);
    if (!description || version !== "1") throw new HoldfastError("UnknownModel", `there is no ${name} ${version}`);
    return description;
  };
  const state = (name: string): ModelState => ({
    name,
    version: "1",
    state: unloaded.has(name) ? "UNAVAILABLE" : "READY",
  });
  const none = { count: 0, ns: 0 };
  return {
    app,
    index: () => [...descriptions.keys()].map(state),
    describe: (name, version) => ({ ...known(name, version), name, version: "1", versions: ["1"] }),
    readiness(name, version) {
      known(name, version);
      return { ready: !unloaded.has(name), state: state(name).state };
    },
    async infer(name, version, request, options: CallOptions = {}) {
      known(name, version);
      if (unloaded.has(name)) throw new HoldfastError("Unavailable", `${name} is not loaded`);
      const answer = await app.refs[name]!.with(options).ask.infer(request);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return { ...answer, version: "1" };
    },
    statistics(name, version) {
      if (name !== undefined) known(name, version);
      return [...descriptions.keys()]
        .filter((one) => name === undefined || one === name)
        .map((one) => {
          const success = { count: counts.get(one) ?? 0, ns: 1 };
          const times = { queue: none, computeInput: none, computeInfer: none, computeOutput: none };
          const rest = { fail: none, cacheHit: none, cacheMiss: none, lastInference: 0, batches: [] };
          const count = success.count;
          return { name: one, version: "1", inferenceCount: count, executionCount: count, success, ...times, ...rest };
        });
    },
    async load(name) {
      known(name);
      unloaded.delete(name);
    },
    async unload(name) {
      known(name);
      unloaded.add(name);
    },
    swap: () => Promise.reject(new HoldfastError("Unavailable", "one version")),
    rollback: () => Promise.reject(new HoldfastError("Unavailable", "one version")),
    watch: () => () => {},
    close: () => {},
  };
}
