import type { ServeConfig } from "../gateway/serve-config.js";
import { supervisor } from "../system/supervisor/supervisor-spec.js";

/** What `serve` serves when it is given a folder: its models, over the Open Inference Protocol. */
export function folderConfig(folder: string): ServeConfig {
  return { tree: supervisor({}, {}), expose: {}, models: { folder } };
}
