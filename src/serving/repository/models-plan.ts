import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import type { VersionPolicy } from "./choice.js";
import type { ModelSettings, ModelsOptions } from "./model-settings.js";
import { swapSettings } from "./swap/swap-settings.js";
import { probeSettings } from "./version/probe.js";

/** What models are served from, checked; times in ms. */
export interface ModelsPlan {
  readonly at: string;
  /** Undefined where there is none. */
  readonly folder: string | undefined;
  /** The models that have a file of their own, by name. */
  readonly sources: ReadonlyMap<string, string>;
  readonly versions: VersionPolicy;
  readonly pollMs: number | undefined;
  readonly settleMs: number;
  readonly drainMs: number;
}

/* Every default of a repository, with its unit and its reason. */

/** Between two looks at the folder: a look costs some microseconds for each file, and nobody deploys by the second. */
const POLL: Duration = "2s";
/** Files must have stood still for so long: who writes a file in pieces pauses for less, a copy over a network too. */
const SETTLE: Duration = "200ms";
/** What is under way on a version that goes: as long as an ask may wait. */
const DRAIN: Duration = "30s";

const optionKeys: KeysOf<ModelsOptions> = {
  folder: true,
  models: true,
  at: true,
  versions: true,
  rollout: true,
  poll: true,
  settle: true,
  drain: true,
  probe: true,
  start: true,
  staging: true,
  clock: true,
};

/** @throws HoldfastError InvalidSpec naming the option, quoting the value, saying the fix */
export async function modelsPlan(options: ModelsOptions): Promise<ModelsPlan> {
  onlyKnownKeys(options, optionKeys, "models");
  const { models = {}, at = "models", versions = { latest: 1 }, poll = POLL, start = "wait" } = options;
  if (typeof at !== "string" || !/^[\w.-]+$/.test(at)) throw invalid("models.at", at, 'a name, such as "models"');
  if (start !== "wait" && start !== "background") throw invalid("models.start", start, '"wait" or "background"');
  checkPolicy(versions, "models.versions");
  swapSettings(options.rollout ?? {}, "models.rollout");
  probeSettings(options.probe, "models.probe");
  const sources = new Map<string, string>();
  for (const [name, settings] of Object.entries(models)) {
    const source = checkModel(name, settings);
    if (source !== undefined) sources.set(name, source);
  }
  const folder = options.folder ?? (options.models === undefined ? "./models" : undefined);
  if (folder !== undefined) await checkFolder(folder);
  return {
    at,
    folder: folder === undefined ? undefined : resolve(folder),
    sources,
    versions,
    pollMs: poll === false ? undefined : pollEvery(poll),
    settleMs: milliseconds(options.settle ?? SETTLE, "models.settle"),
    drainMs: milliseconds(options.drain ?? DRAIN, "models.drain"),
  };
}

/** Looks that follow each other without a pause would take a core. */
const SOONEST_POLL_MS = 10;

function pollEvery(poll: Duration): number {
  const ms = milliseconds(poll, "models.poll");
  if (ms >= SOONEST_POLL_MS) return ms;
  throw new HoldfastError(
    "InvalidSpec",
    `models.poll is ${shown(poll)}: give ${SOONEST_POLL_MS} ms or more, or false for never`,
    {
      details: { field: "models.poll" },
    },
  );
}

/** @returns the file it comes from, where it says one */
function checkModel(name: string, settings: ModelSettings): string | undefined {
  const field = `models.models.${name}`;
  if (!/^[A-Za-z0-9_][\w.-]{0,127}$/.test(name)) {
    throw invalid("models.models", name, 'names of letters, digits, "_", "-" and "."');
  }
  if (typeof settings !== "object" || settings === null) throw invalid(field, settings, "an object with options");
  const { source, versions, rollout, probe } = settings;
  probeSettings(probe, `${field}.probe`);
  if (versions !== undefined) checkPolicy(versions, `${field}.versions`);
  if (rollout !== undefined) swapSettings(rollout, `${field}.rollout`);
  if (source === undefined) return undefined;
  if (source instanceof URL) return fileURLToPath(source);
  if (typeof source === "string" && source !== "") return resolve(source);
  throw invalid(`${field}.source`, source, "the path of an .onnx file or of a module");
}

function checkPolicy(policy: unknown, field: string): void {
  const whole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1;
  if (policy === "all") return;
  if (Array.isArray(policy) && policy.length > 0 && policy.every(whole)) return;
  if (typeof policy === "object" && policy !== null && whole((policy as { latest?: unknown }).latest)) return;
  throw invalid(field, policy, '{ latest: 1 }, "all", or a list of versions');
}

async function checkFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory()) return;
  const text = `there is no folder of models at ${resolve(folder)}: make it, or name another one (models.folder)`;
  throw new HoldfastError("InvalidSpec", text, { details: { field: "models.folder" } });
}

function invalid(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${fix}`, { details: { field } });
}
