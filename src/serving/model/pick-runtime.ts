import { HoldfastError } from "../../errors.js";
import type { Isolation } from "../../host/host.js";
import { shown } from "../../known-keys.js";
import type { RuntimeName } from "../runtimes/model.js";

/** What was said of where a model runs. */
export interface Wish {
  readonly runtime: RuntimeName | "auto";
  /** Undefined: what suits the runtime. */
  readonly isolation: Isolation | undefined;
  /** What the model is, for errors; a module's name ends in .js, .mjs, .ts or .mts. */
  readonly source: string;
}

/** Where it runs, and why, where that was chosen. */
export interface Picked {
  /** "auto": whoever opens it tries native first, and goes on with WASM where that does not load. */
  readonly runtime: RuntimeName | "auto";
  readonly isolation: Isolation;
  readonly why?: string;
}

/** Which runtimes could be imported. */
export interface InstalledRuntimes {
  readonly native: boolean;
  readonly wasm: boolean;
}

/**
 * Where a model runs. Pure.
 *
 *   native code  ─▶ a process: nothing else contains a crash of it, or can end it
 *   WASM, a module of one's own ─▶ a thread
 *   "auto"       ─▶ a module: "function"; else native where it is installed, else WASM
 *
 * @throws HoldfastError InvalidSpec for native code in a thread, MissingPeer where no runtime is installed
 */
export function pickRuntime({ runtime, isolation, source }: Wish, installed: InstalledRuntimes): Picked {
  const chosen = runtime === "auto" && isModule(source) ? "function" : runtime;
  switch (chosen) {
    case "function":
      return { runtime: chosen, isolation: isolation ?? "thread" };
    case "wasm":
      return { runtime: chosen, isolation: isolation ?? "thread" };
    case "native":
      if (isolation !== "thread") return { runtime: chosen, isolation: isolation ?? "fork" };
      throw new HoldfastError(
        "InvalidSpec",
        `${source} is to run native in a thread, where killing it aborts the whole process: ` +
          `give isolation "fork", or runtime "wasm"`,
      );
    case "auto":
      return pickOnnx(isolation, installed);
    default:
      throw new HoldfastError(
        "InvalidSpec",
        `runtime is ${shown(runtime)}: give "auto", "native", "wasm" or "function"`,
      );
  }
}

function pickOnnx(isolation: Isolation | undefined, { native, wasm }: InstalledRuntimes): Picked {
  if (isolation === "thread") {
    return { runtime: "wasm", isolation, why: "native code is not run in a worker thread" };
  }
  if (native) return { runtime: "auto", isolation: isolation ?? "fork" };
  if (wasm) return { runtime: "wasm", isolation: isolation ?? "thread", why: "onnxruntime-node is not installed" };
  throw new HoldfastError(
    "MissingPeer",
    "no ONNX runtime is installed. Type: npm i onnxruntime-node (faster, in processes) or: npm i onnxruntime-web (in threads)",
    { details: { packages: ["onnxruntime-node", "onnxruntime-web"] } },
  );
}

/** A module of one's own, by its name. */
export function isModule(source: string): boolean {
  return /\.[mc]?[jt]s(\?.*)?$/.test(source);
}
