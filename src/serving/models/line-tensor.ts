import type { FloatTensor } from "../runtimes/tensor.js";
import type { Ink } from "./ink.js";
import type { Pixels } from "./pixels.js";
import { resample } from "./resample.js";

/** The height that PP-OCRv4 reads, in pixels. */
export const lineHeight = 48;

/** How wide a box becomes at that height. */
export function lineWidth({ box }: Ink): number {
  return Math.max(1, Math.round((box.width * lineHeight) / box.height));
}

/**
 * The text of an image as PP-OCRv4 wants it: f32[1, 3, 48, width], blue green red, -1 to 1.
 *
 * @param width  of the result; what is right of the text is filled with the middle grey that the model was trained with
 */
export function lineTensor(image: Pixels, ink: Ink, width: number): FloatTensor {
  const used = Math.min(width, lineWidth(ink));
  const pixels = resample(image, ink, used, lineHeight);
  const plane = lineHeight * width;
  const out = new Float32Array(3 * plane);
  for (let y = 0, from = 0; y < lineHeight; y++) {
    for (let x = 0; x < used; x++) {
      for (let c = 0; c < 3; c++) out[c * plane + y * width + x] = pixels[from++]! / 127.5 - 1;
    }
  }
  return { dtype: "float32", shape: [1, 3, lineHeight, width], data: out };
}
