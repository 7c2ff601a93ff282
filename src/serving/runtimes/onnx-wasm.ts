import { importPeer } from "../../peer.js";
import type { LoadedModel } from "./model.js";
import type { OnnxSource } from "./onnx-source.js";
import { openSession, ortOf } from "./ort-session.js";

/**
 * Opens a model on onnxruntime-web's WASM build. A thread may be terminated in the middle of a run without harm to the
 * process, which makes this the runtime for worker threads. The first session of a process compiles 14 MB of WASM (about
 * 0.4-1 s); runs are several times slower than native, and more so for the first few hundred, until V8 tiers up.
 * @throws HoldfastError MissingPeer, StartFailed
 */
export async function openWasm({ bytes, ...model }: OnnxSource): Promise<LoadedModel> {
  const ort = ortOf(await importPeer("onnxruntime-web", () => import("onnxruntime-web")));
  // One thread: a run that spreads over more would start workers of its own, which no supervisor sees.
  ort.env.wasm.numThreads = 1;
  return openSession(ort, bytes, { ...model, runtime: "wasm", session: { executionProviders: ["wasm"] } });
}
