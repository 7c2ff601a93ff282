import type { Duration } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";

/** What every call takes. */
export interface V2CallOptions {
  /** Which version of the model. Default: the server picks. */
  readonly version?: string | number;
  /** How long this call may take. Default: the client's. */
  readonly timeout?: Duration;
  /** Ends it with Cancelled. */
  readonly signal?: AbortSignal;
}

/** The path of a model, or of one version: `/v2/models/digits/versions/3`. @throws HoldfastError InvalidSpec */
export function modelPath(model: string, version: string | number | undefined): string {
  if (typeof model !== "string" || model === "") {
    throw new HoldfastError("InvalidSpec", `the model is ${shown(model)}: give its name`, {
      details: { field: "model" },
    });
  }
  const below = version === undefined ? "" : `/versions/${encodeURIComponent(version)}`;
  return `/v2/models/${encodeURIComponent(model)}${below}`;
}

/** For messages: `digits version 3`. */
export function modelWords(model: string, version: string | number | undefined): string {
  return version === undefined ? model : `${model} version ${version}`;
}
