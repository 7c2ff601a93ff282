import { statSync } from "node:fs";
import { resolve } from "node:path";
import { CommandError, wholeNumber } from "../command.js";
import { type ModelCommand, modelName } from "./model-config.js";

/** What `serve` was given, as text. */
export interface ServeValues {
  readonly isolation?: string;
  readonly runtime?: string;
  readonly name?: string;
  readonly min?: string;
  readonly max?: string;
}

/** More members are a mistake: each holds the model. */
const MOST_MEMBERS = 1024;

/** @throws CommandError quoting what cannot be */
export function modelCommand(path: string, values: ServeValues): ModelCommand {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new CommandError(`there is no model at ${resolve(path)}`);
  }
  const { runtime = "auto", isolation, name = modelName(path) } = values;
  if (runtime !== "auto" && runtime !== "native" && runtime !== "wasm") {
    throw new CommandError(`--runtime is "${runtime}": give auto, native or wasm`);
  }
  if (!/^\w[\w.-]{0,63}$/.test(name)) {
    throw new CommandError(`--name is "${name}": give up to 64 letters, digits, "_", "-" and "."`);
  }
  if (runtime === "native" && isolation === "thread") {
    throw new CommandError(
      "--runtime native does not go with --isolation thread: to end native code there ends the server",
    );
  }
  const min = wholeNumber("min", values.min, 0, MOST_MEMBERS);
  const max = wholeNumber("max", values.max, 1, MOST_MEMBERS);
  if (min !== undefined && max !== undefined && min > max) {
    throw new CommandError(`--min is ${min} and --max ${max}: give a --min of ${max} or less`);
  }
  return { path, name, runtime, isolation: isolation as ModelCommand["isolation"], min, max };
}
