import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as namespace from "onnxruntime-web";

const ort = namespace.default?.InferenceSession ? namespace.default : namespace;
const modelPath = join(
  dirname(createRequire(import.meta.url).resolve("@ricky0123/vad-web/package.json")),
  "dist/silero_vad_v6.onnx",
);

/** Samples of the previous chunk that the model wants before the new ones, and floats of its state. */
export const contextSize = 64;
export const stateSize = 256;

/**
 * The model that the Speech actor uses, opened and run once by hand on the same runtime: what the peers load.
 *
 * @returns {Promise<(input: { heard: Float32Array, state: Float32Array }) => Promise<{ probability: number, state: Float32Array }>>}
 */
export async function openSilero() {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(readFileSync(modelPath), { executionProviders: ["wasm"] });
  const rate = new ort.Tensor("int64", BigInt64Array.of(16000n), []);
  const listen = async ({ heard, state }) => {
    const { output, stateN } = await session.run({
      input: new ort.Tensor("float32", heard, [1, heard.length]),
      state: new ort.Tensor("float32", state, [2, 1, stateSize / 2]),
      sr: rate,
    });
    return { probability: output.data[0], state: stateN.data.slice() };
  };
  await listen({ heard: new Float32Array(contextSize + 512), state: new Float32Array(stateSize) });
  return listen;
}
