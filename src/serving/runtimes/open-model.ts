import { readFile } from "node:fs/promises";
import { HoldfastError, isHoldfastError } from "../../errors.js";
import type { LoadedModel, OpenOptions } from "./model.js";
import { inWorkerThread, openNative } from "./onnx-native.js";
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
  if (runtime === "wasm") return openWasm(bytes, source);
  if (runtime === "native") return openNative(bytes, source);
  return openEither(bytes, source);
}

async function openEither(bytes: Uint8Array, source: string): Promise<LoadedModel> {
  if (inWorkerThread()) return openWasm(bytes, source);
  try {
    return await openNative(bytes, source);
  } catch (native) {
    if (!isHoldfastError(native, "MissingPeer")) throw native;
    try {
      return await openWasm(bytes, source);
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
