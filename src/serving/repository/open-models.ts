import { tmpdir } from "node:os";
import { type Clock, realClock } from "../../clock.js";
import { HoldfastError, messageOf } from "../../errors.js";
import type { App } from "../../system/app.js";
import { supervisor } from "../../system/supervisor/supervisor-spec.js";
import { model } from "../model/model.js";
import { ModelEntry } from "./entry/model-entry.js";
import { digestOf } from "./folder/digest.js";
import { FolderWatch } from "./folder/folder-watch.js";
import type { ModelsOptions } from "./model-settings.js";
import { type ModelsPlan, modelsPlan } from "./models-plan.js";
import { RunningModels } from "./running-models.js";
import type { ServedModels } from "./served-models.js";
import { type Offer, Stage } from "./stage.js";
import { swapSettings } from "./swap/swap-settings.js";
import { probeSettings } from "./version/probe.js";

/**
 * Serves models from a folder, or from a list, or both: each version a pool in the tree of an app, loaded, swapped and
 * rolled back while it runs.
 *
 *   <folder>/<name>/<version>/model.onnx (or model.mjs), beside it golden.json
 *   <folder>/<name>.onnx                 version 1
 *
 * The tree gets a supervisor for all of them, below it one for each model, below that its versions: "models/digits/3".
 * A model that cannot be loaded keeps nobody from being served: the index tells why.
 *
 * @returns when what the policies want is loaded, or could not be
 * @throws HoldfastError (rejects) InvalidSpec for an option that is none, and where there is no such folder
 * @example
 * import { supervisor, system } from "holdfast";
 * import { openModels } from "holdfast/serving";
 * const app = await system(supervisor({}, {}));
 * const models = await openModels(app, { folder: "models", rollout: { canary: "10%" } });
 * const image = { dtype: "float32", shape: [1, 1, 28, 28], data: new Float32Array(784) } as const;
 * const { outputs } = await models.infer("digits", undefined, { inputs: { image } });
 */
export async function openModels(app: App<unknown>, options: ModelsOptions = {}): Promise<ServedModels> {
  const plan = await modelsPlan(options);
  const { at, versions, drainMs } = plan;
  const { clock = realClock, staging = tmpdir() } = options;
  const rollout = (name: string) => ({ ...options.rollout, ...options.models?.[name]?.rollout });
  await app.add("", at, supervisor({ overBudget: "quarantine" }, {}));
  const stage = new Stage(staging);
  const entry = (name: string) => {
    const { source: _, versions: own, rollout: __, probe = options.probe, ...served } = options.models?.[name] ?? {};
    return new ModelEntry({
      app,
      clock,
      stage,
      at,
      name,
      policy: own ?? versions,
      rollout: swapSettings(rollout(name), `${name}.rollout`),
      drainMs,
      probe: probeSettings(probe, `${name}.probe`),
      idempotent: served.idempotent,
      spec: (file) => model(file, served),
      emit: (event) => models.emit(event),
    });
  };
  const models: RunningModels = new RunningModels({ entry, rollout, source: (name) => sourceOf(plan, name) });
  // The members have stopped by then, and nobody starts one any more.
  app.watch("", () => {
    models.close();
    stage.close();
  });
  for (const name of plan.sources.keys()) models.add(entry(name));
  if (plan.folder !== undefined) models.follow(watchOf(plan, plan.folder, models, clock));
  const ready = models.caughtUp();
  if (options.start !== "background") await ready;
  return models;
}

function watchOf({ settleMs, pollMs }: ModelsPlan, folder: string, models: RunningModels, clock: Clock): FolderWatch {
  return new FolderWatch({
    folder,
    clock,
    settleMs,
    pollMs,
    act: (action) => models.act(action),
    rested: () => models.rested(),
    trouble: (why) => models.emit({ type: "folder", name: folder, reason: why ?? "it can be read again" }),
  });
}

/** A file of its own is version 1, whatever is in it. */
async function sourceOf({ sources }: ModelsPlan, name: string): Promise<Offer | undefined> {
  const model = sources.get(name);
  if (model === undefined) return undefined;
  try {
    return { version: 1, digest: await digestOf(model), model, golden: undefined };
  } catch (cause) {
    const message = `${name}: cannot read the model ${model}: ${messageOf(cause)}`;
    throw new HoldfastError("StartFailed", message, { retryable: false, cause, details: { model } });
  }
}
