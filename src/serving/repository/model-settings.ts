import type { Clock } from "../../clock.js";
import type { Duration } from "../../duration.js";
import type { ModelOptions } from "../model/model-options.js";
import type { VersionPolicy } from "./choice.js";
import type { SwapOptions } from "./swap/swap-options.js";
import type { ProbeOptions } from "./version/probe.js";

/** How one model is served: where it comes from, which of its versions, how they are swapped; and all that `model()` takes. */
export interface ModelSettings extends ModelOptions {
  /** An .onnx file or a module. Default: the folder's versions of that name. */
  readonly source?: string | URL;
  /** Which versions of the folder are loaded. Default: the repository's. */
  readonly versions?: VersionPolicy;
  /** How a new version proves itself. Default: the repository's. */
  readonly rollout?: Omit<SwapOptions, "version">;
  /** How it is tried where nobody asks it. Default: as the repository's. */
  readonly probe?: ProbeOptions | boolean;
}

/** Which models are served, and where they come from. */
export interface ModelsOptions {
  /** Folder of models. Default "./models" where no `models` are listed, else none. */
  readonly folder?: string;
  /** Models by name: those with a `source` of their own, and options for those of the folder. */
  readonly models?: Readonly<Record<string, ModelSettings>>;
  /** Name of their supervisor, below the root. Default "models". */
  readonly at?: string;
  /** Which versions are loaded. Default { latest: 1 }. */
  readonly versions?: VersionPolicy;
  /** How new versions of all models prove themselves. */
  readonly rollout?: Omit<SwapOptions, "version">;
  /**
   * Where nobody asks a model, it is asked for what it has answered before: its first golden sample, or the zeros it was warmed
   * up with. One that does not answer is not ready. Default false; true: every "10s", within "5s".
   */
  readonly probe?: ProbeOptions | boolean;
  /** How often the folder is looked into. Default "2s"; false: at the start, and when something is loaded or swapped by hand. */
  readonly poll?: Duration | false;
  /** Files must have stood still for so long before they are read. Default "200ms". */
  readonly settle?: Duration;
  /** What is under way on a version that goes may take so long to finish. Default "30s", as an ask. */
  readonly drain?: Duration;
  /**
   * "wait" (default): it resolves when every model has been loaded, or could not be: the index tells. "background": it
   * resolves at once.
   */
  readonly start?: "wait" | "background";
  /** Where copies of what is loaded are kept. Default: the system's folder for temporary files. */
  readonly staging?: string;
  readonly clock?: Clock;
}
