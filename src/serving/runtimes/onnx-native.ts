import { HoldfastError } from "../../errors.js";
import { importPeer } from "../../peer.js";
import type { LoadedModel } from "./model.js";
import type { OnnxSource } from "./onnx-source.js";
import { openSession, ortOf } from "./ort-session.js";

/** The package's install script downloads GPU libraries that we do not use, and fails where there is no network. */
const installHint = [
  "Its install script downloads files that are not needed; where that fails, tell npm to skip it:",
  '  npm 10 and older: a line "onnxruntime-node-install=skip" in .npmrc',
  '  npm 11 and newer: "allowScripts": { "onnxruntime-node": false } in package.json',
].join("\n");

/**
 * Opens a model on onnxruntime-node, one thread per run: scale by actors.
 *
 * It refuses to load in a worker thread: `terminate()` during a native run aborts the whole process, and killing what
 * hangs is a supervisor's trade. A forked process is the wall for it.
 * @throws HoldfastError InvalidSpec (in a worker thread), MissingPeer, StartFailed
 */
export async function openNative({ bytes, ...model }: OnnxSource): Promise<LoadedModel> {
  if (inWorkerThread()) {
    throw new HoldfastError(
      "InvalidSpec",
      `the native runtime was asked for ${model.source} in a worker thread, where killing it aborts the whole process: ` +
        `use fork() instead of thread(), or runtime: "wasm"`,
    );
  }
  const ort = ortOf(await importPeer("onnxruntime-node", () => import("onnxruntime-node"), installHint));
  const session = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  return openSession(ort, bytes, { ...model, runtime: "native", session });
}

/** Asked of the process, not imported: only the hosts may make threads, and this only looks. */
export function inWorkerThread(): boolean {
  return !process.getBuiltinModule("node:worker_threads").isMainThread;
}
