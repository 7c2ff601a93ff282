import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";

/** Fields are named as the specification names them. */
export interface V2ServerMetadata {
  readonly name: string;
  readonly version: string;
  /** What the server can beyond the specification: "binary_tensor_data", "statistics", "model_repository" … */
  readonly extensions: readonly string[];
}

/** An input or output that a model declares. */
export interface V2Port {
  readonly name: string;
  readonly datatype: string;
  /** -1 where a dimension varies. */
  readonly shape: readonly number[];
}

export interface V2ModelMetadata {
  readonly name: string;
  /** Those that can be asked for; absent where the server knows no versions. */
  readonly versions?: readonly string[];
  readonly platform: string;
  readonly inputs: readonly V2Port[];
  readonly outputs: readonly V2Port[];
}

/** A model of the repository. */
export interface V2IndexEntry {
  readonly name: string;
  readonly version?: string;
  /** "READY", "LOADING", "UNLOADING" or "UNAVAILABLE", where the server says it. */
  readonly state?: string;
  readonly reason?: string;
}

/** How often, and how long all together. */
export interface V2Duration {
  readonly count: number;
  /** Nanoseconds. */
  readonly ns: number;
}

/** What one version of a model did since the server started. */
export interface V2ModelStatistics {
  readonly name: string;
  readonly version?: string;
  /** Milliseconds since 1970. */
  readonly last_inference: number;
  readonly inference_count: number;
  readonly execution_count: number;
  readonly inference_stats: Readonly<Record<string, V2Duration>>;
  readonly batch_stats: readonly {
    readonly batch_size: number;
    readonly compute_input: V2Duration;
    readonly compute_infer: V2Duration;
    readonly compute_output: V2Duration;
  }[];
}

/** @throws HoldfastError BadFrame */
export function serverMetadata(json: unknown, what: string): V2ServerMetadata {
  const { name, version, extensions = [] } = fields(json, what);
  if (typeof name !== "string") throw odd(what, "name", name, "text");
  if (!Array.isArray(extensions)) throw odd(what, "extensions", extensions, "a list");
  return { name, version: String(version ?? ""), extensions: extensions.map(String) };
}

/** @throws HoldfastError BadFrame */
export function modelMetadata(json: unknown, what: string): V2ModelMetadata {
  const { name, versions, platform, inputs, outputs } = fields(json, what);
  if (typeof name !== "string") throw odd(what, "name", name, "text");
  return {
    name,
    ...(Array.isArray(versions) ? { versions: versions.map(String) } : {}),
    platform: String(platform ?? ""),
    inputs: portsOf(inputs, what, "inputs"),
    outputs: portsOf(outputs, what, "outputs"),
  };
}

/** @throws HoldfastError BadFrame */
export function indexOf(json: unknown, what: string): readonly V2IndexEntry[] {
  if (!Array.isArray(json)) throw odd(what, "the answer", json, "a list");
  return json.map((entry, i) => {
    const { name } = fields(entry, what);
    if (typeof name !== "string") throw odd(what, `[${i}].name`, name, "text");
    return entry as V2IndexEntry;
  });
}

/** @throws HoldfastError BadFrame */
export function statisticsOf(json: unknown, what: string): readonly V2ModelStatistics[] {
  const { model_stats: stats } = fields(json, what);
  if (!Array.isArray(stats)) throw odd(what, "model_stats", stats, "a list");
  return stats as V2ModelStatistics[];
}

/** @throws HoldfastError BadFrame */
export function fields(json: unknown, what: string): Record<string, unknown> {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw odd(what, "the answer", json, "an object");
}

/** Servers leave them out where a model says nothing about its tensors. */
function portsOf(given: unknown, what: string, field: string): readonly V2Port[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw odd(what, field, given, "a list");
  return given.map((port, i) => {
    const { name, datatype, shape } = fields(port, what);
    if (typeof name !== "string") throw odd(what, `${field}[${i}].name`, name, "text");
    if (!Array.isArray(shape)) throw odd(what, `${field}[${i}].shape`, shape, "a list");
    return { name, datatype: String(datatype), shape: shape.map(Number) };
  });
}

function odd(what: string, field: string, value: unknown, wanted: string): HoldfastError {
  return new HoldfastError("BadFrame", `${what}: ${field} is ${shown(value)}, not ${wanted}`);
}
