import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ServeConfig } from "../../gateway/serve-config.js";
import { CommandError } from "../command.js";

/** Looked for where no config is named. */
const usualNames = ["holdfast.config.mjs", "holdfast.config.js", "holdfast.config.ts"];

/** The first versions that run .ts files by stripping their types, without a flag. */
const strippingNodes = "22.18 or 23.6";

/** The config file to serve, or undefined when none is named and none is there. @throws CommandError for one that is not there */
export function findConfig(named: string | undefined, folder = process.cwd()): string | undefined {
  if (named === undefined) {
    const found = usualNames.find((name) => existsSync(resolve(folder, name)));
    return found && resolve(folder, found);
  }
  const path = resolve(folder, named);
  if (!existsSync(path)) throw new CommandError(`there is no config at ${path}`);
  if (!/\.(m?js|m?ts)$/.test(path)) {
    throw new CommandError(`the config ${named} must end in .mjs, .js or .ts`);
  }
  return path;
}

/** Whether a folder is there. */
export function isFolder(named: string): boolean {
  return statSync(named, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Whether this Node runs TypeScript files by stripping their types. */
export function stripsTypes(features: unknown = process.features): boolean {
  return Boolean((features as { typescript?: unknown }).typescript);
}

/** @throws CommandError saying what is wrong with the file and how to mend it */
export async function loadConfig(path: string): Promise<ServeConfig> {
  if (/\.m?ts$/.test(path) && !stripsTypes()) {
    throw new CommandError(
      `${path} is TypeScript, which Node ${process.versions.node} does not run: use Node ${strippingNodes} or later, or compile it and name the .js file`,
    );
  }
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    throw new CommandError(`cannot load ${path}: ${(error as Error).stack ?? String(error)}`);
  }
  return checkConfig(module.default, path);
}

/** What a config must have, told field by field. @throws CommandError */
export function checkConfig(config: unknown, path: string): ServeConfig {
  const wanted = 'export default { tree: supervisor({}, { … }), expose: { name: ["method"] } }';
  if (typeof config !== "object" || config === null) {
    throw new CommandError(`${path} has no default export that is a config: write ${wanted}`);
  }
  const { tree, expose, models } = config as Partial<ServeConfig>;
  if (models !== undefined && (typeof models !== "object" || models === null)) {
    throw new CommandError(`${path}: models is ${describe(models)}: give { folder: "models" }, or a list of them`);
  }
  if (models && tree === undefined && expose === undefined) return config as ServeConfig;
  if (tree?.kind !== "supervisor") {
    throw new CommandError(`${path}: tree is ${describe(tree)}: give what supervisor({ … }, { … }) returns`);
  }
  const nothing = typeof expose === "object" && expose !== null && Object.keys(expose).length === 0;
  if (typeof expose !== "object" || expose === null || (nothing && models === undefined)) {
    throw new CommandError(
      `${path}: expose is ${describe(expose)}: name what may be called, { ${Object.keys(tree.children)[0] ?? "name"}: ["method"] }`,
    );
  }
  return config as ServeConfig;
}

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "object" && value !== null && "kind" in value) return `a ${String(value.kind)}() spec`;
  return JSON.stringify(value) ?? typeof value;
}
