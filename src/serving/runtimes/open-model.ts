import { readFile } from "node:fs/promises";
import { HoldfastError, isHoldfastError } from "../../errors.js";
import type { LoadedModel, OpenOptions } from "./model.js";
import { inWorkerThread, openNative } from "./onnx-native.js";
import type { OnnxSource } from "./onnx-source.js";
import { openWasm } from "./onnx-wasm.js";

/**
 * Opens an ONNX model. Call it in `static load`, so that a cell opens it once and a rebuilt actor finds it open.
 *
 * @param model  the bytes of an .onnx file, or where it is
 * @throws HoldfastError StartFailed (no such file, not a model), MissingPeer (no runtime installed), InvalidSpec (native
 *   in a worker thread, an unknown runtime)
 * @example
 * static load({ path }: Props) { return openModel(path, { runtime: "wasm" }); }
 */
export async function openModel(model: Uint8Array | string | URL, options: OpenOptions = {}): Promise<LoadedModel> {
  const { runtime = "auto" } = options;
  if (runtime !== "auto" && runtime !== "wasm" && runtime !== "native") {
    throw new HoldfastError("InvalidSpec", `runtime is ${JSON.stringify(runtime)}: give "auto", "wasm" or "native"`);
  }
  const source = model instanceof Uint8Array ? `the model (${model.byteLength} bytes)` : String(model);
  const bytes = model instanceof Uint8Array ? model : await read(model);
  const { nan, dims, why } = options;
  const opened: OnnxSource = { bytes, source, nan, dims, why };
  if (runtime === "wasm") return openWasm(opened);
  if (runtime === "native") return openNative(opened);
  return openEither(opened);
}

async function openEither(model: OnnxSource): Promise<LoadedModel> {
  if (inWorkerThread()) return openWasm({ ...model, why: model.why ?? "native code is not run in a worker thread" });
  try {
    return await openNative({ ...model, why: model.why ?? "onnxruntime-node is installed" });
  } catch (native) {
    if (!isHoldfastError(native, "MissingPeer")) throw native;
    try {
      const absent = native.details.installed === false;
      return await openWasm({ ...model, why: `onnxruntime-node ${absent ? "is not installed" : "does not load"}` });
    } catch (wasm) {
      if (!isHoldfastError(wasm, "MissingPeer")) throw wasm;
      throw new HoldfastError("MissingPeer", `no ONNX runtime: ${wasm.message}\nor: ${native.message}`, {
        cause: wasm,
        details: { packages: ["onnxruntime-web", "onnxruntime-node"] },
      });
    }
  }
}

async function read(path: string | URL): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new HoldfastError("StartFailed", `cannot read the model ${path}: ${(cause as Error).message}`, {
      retryable: false,
      cause,
      details: { model: String(path) },
    });
  }
}
