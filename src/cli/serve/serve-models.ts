import { statSync } from "node:fs";
import type { Expose } from "../../gateway/options.js";
import { type ModelFront, modelFront } from "../../serving/repository/model-front.js";
import type { ModelsOptions } from "../../serving/repository/model-settings.js";
import { openModels } from "../../serving/repository/open-models.js";
import type { ServedModels } from "../../serving/repository/served-models.js";
import type { App } from "../../system/app.js";
import type { ActorSpec } from "../../system/specs.js";
import { CommandError } from "../command.js";
import { describedLines, modelEventLines } from "../models/model-text.js";

/** Models that are served, and how they stand. */
export interface ServingModels {
  readonly served: ServedModels;
  /** What is callable by their names. */
  readonly expose: Readonly<Record<string, Expose>>;
  /** Resolves when each of them was loaded, or could not be. */
  readonly settled: Promise<void>;
  /** Why a first start failed, by name: what is tried again may still come up. */
  readonly failures: ReadonlyMap<string, string>;
}

const exposed: Expose = { methods: ["infer", "describe"], media: { kind: "tensors", method: "infer" } };

/**
 * Opens models beside whatever else an app runs, and puts an actor in front of each. Those that are listed are loaded while
 * the doors open; of a folder nobody knows what is in it before it was looked into, so that is waited for.
 * @param alone nothing else is served
 * @throws CommandError for a folder without models, where nothing else is served, and for a source that is not there
 */
export async function serveModels(
  app: App<unknown>,
  options: ModelsOptions,
  tell: { readonly say: (line: string) => void; readonly warn: (line: string) => void },
  alone: boolean,
): Promise<ServingModels> {
  const listed = Object.entries(options.models ?? {}).flatMap(([name, { source }]) => (source ? [name] : []));
  const folder = options.folder ?? (options.models ? undefined : "models");
  for (const [name, { source }] of Object.entries(options.models ?? {})) {
    if (source === undefined || statSync(source, { throwIfNoEntry: false })?.isFile()) continue;
    throw new CommandError(`models.models.${name}.source: there is no file at ${String(source)}`);
  }
  const failures = new Map<string, string>();
  let over: (name: string) => void = () => {};
  app.subscribe((event) => {
    if (event.type !== "life" || event.state !== "waiting") return;
    const name = modelOf(event.path, app.tree().path, options.at);
    if (name === undefined || failures.has(name)) return;
    failures.set(name, event.reason ?? "it could not start");
    over(name);
  });
  const served = await openModels(app, { ...options, start: folder === undefined ? "background" : "wait" });
  const loading = new Set(folder === undefined ? listed : []);
  let settle: () => void = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  if (loading.size === 0) settle();
  over = (name) => {
    if (loading.delete(name) && loading.size === 0) settle();
  };
  served.watch((event) => {
    const { lines, bad } = modelEventLines(event, served);
    for (const line of lines) (bad ? tell.warn : tell.say)(line);
    if (event.type === "swapped") over(event.name);
  });
  // What was loaded before anybody listened.
  for (const { name, version, state } of served.index()) {
    if (state === "READY") describedLines(name, version, served).forEach(tell.say);
  }
  const names = new Set([...listed, ...served.index().map(({ name }) => name)]);
  if (names.size === 0 && alone) {
    throw new CommandError(
      `there is no model in ${folder}: put name/1/model.onnx or name.onnx there (see docs/rollout.md)`,
    );
  }
  for (const name of names) await addFront(app, name, modelFront(served, name));
  return { served, expose: Object.fromEntries([...names].map((name) => [name, exposed])), settled, failures };
}

/** "digits" of "app/models/digits/3/1", a member of one of its versions. */
function modelOf(path: string, root: string, at = "models"): string | undefined {
  const above = `${root}/${at}/`;
  const [name, version, member] = path.startsWith(above) ? path.slice(above.length).split("/") : [];
  return version !== undefined && member !== undefined ? name : undefined;
}

async function addFront(app: App<unknown>, name: string, spec: ActorSpec<ModelFront>): Promise<void> {
  try {
    await app.add("", name, spec);
  } catch (error) {
    throw new CommandError(`the model "${name}" cannot have its name in the tree: ${(error as Error).message}`);
  }
}
