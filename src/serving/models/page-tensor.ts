import type { FloatTensor } from "../runtimes/tensor.js";
import { backdropOf } from "./ink.js";
import type { Pixels } from "./pixels.js";
import { resample } from "./resample.js";

/** The network halves its input five times, and what comes out must fit what went in. */
const multiple = 32;

/** Of ImageNet, in the order in which the model was trained to see them: blue green red. */
const mean = [0.485, 0.456, 0.406] as const;
const deviation = [0.229, 0.224, 0.225] as const;

/**
 * How large the model sees an image: its longer side at most `side`, both sides multiples of 32, none stretched by more
 * than that takes.
 */
export function pageSize({ width, height }: Pixels, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  const sized = (pixels: number) => Math.max(multiple, Math.round((pixels * scale) / multiple) * multiple);
  return { width: sized(width), height: sized(height) };
}

/** A whole image as PP-OCRv4's detection wants it: f32[1, 3, height, width], blue green red, around 0. */
export function pageTensor(image: Pixels, side: number): FloatTensor {
  const { width, height } = pageSize(image, side);
  const whole = { left: 0, top: 0, width: image.width, height: image.height };
  const pixels = resample(image, { box: whole, backdrop: backdropOf(image) }, width, height);
  const plane = width * height;
  const out = new Float32Array(3 * plane);
  for (let c = 0; c < 3; c++) {
    const scale = 1 / (255 * deviation[c]!);
    const shift = mean[c]! / deviation[c]!;
    for (let i = 0, from = c; i < plane; i++, from += 3) out[c * plane + i] = pixels[from]! * scale - shift;
  }
  return { dtype: "float32", shape: [1, 3, height, width], data: out };
}
