import { basename, extname } from "node:path";
import type { ServeConfig } from "../../gateway/serve-config.js";
import type { RuntimeName } from "../../serving/runtimes/model.js";

/** What the command line says of one model. */
export interface ModelCommand {
  readonly path: string;
  readonly name: string;
  readonly runtime: RuntimeName | "auto";
  readonly isolation: "thread" | "fork" | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** What `serve model.onnx` serves: a pool of it, with a name. */
export function modelConfig({ path, name, runtime, isolation, min, max }: ModelCommand): ServeConfig {
  const pool = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  return { models: { models: { [name]: { source: path, runtime, pool, ...(isolation ? { isolation } : {}) } } } };
}

/** A name for a model out of its file's: "MNIST 12.onnx" is "MNIST-12". */
export function modelName(path: string): string {
  const name = basename(path, extname(path))
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[.-]+/, "");
  return name === "" || name === "models" ? "model" : name;
}
