import type { FloatTensor } from "../runtimes/tensor.js";
import type { Ink } from "./ink.js";
import type { Pixels } from "./pixels.js";

/** The height that PP-OCRv4 reads, in pixels. */
export const lineHeight = 48;

/** How wide a box becomes at that height. */
export function lineWidth({ box }: Ink): number {
  return Math.max(1, Math.round((box.width * lineHeight) / box.height));
}

/**
 * The text of an image as PP-OCRv4 wants it: f32[1, 3, 48, width], blue green red, -1 to 1. Bilinear; where it shrinks, the
 * filter grows with the step, so that thin strokes of large text do not fall between the samples.
 *
 * @param width  of the result; what is right of the text is filled with the middle grey that the model was trained with
 */
export function lineTensor(image: Pixels, ink: Ink, width: number): FloatTensor {
  const { box } = ink;
  const used = Math.min(width, lineWidth(ink));
  const across = taps(box.width, used);
  const down = taps(box.height, lineHeight);
  const plane = lineHeight * width;
  const out = new Float32Array(3 * plane);
  const rows = shrinkRows(image, ink, across); // [box.height, used, bgr]
  for (let y = 0; y < lineHeight; y++) {
    const { first, weights } = down[y]!;
    for (let x = 0; x < used; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k]! * rows[((first + k) * used + x) * 3 + c]!;
        out[c * plane + y * width + x] = sum / 127.5 - 1;
      }
    }
  }
  return { dtype: "float32", shape: [1, 3, lineHeight, width], data: out };
}

/** Every row of the box at its new width, transparency resolved, blue green red. */
function shrinkRows({ data, width }: Pixels, { box, backdrop }: Ink, across: readonly Taps[]): Float32Array {
  const rows = new Float32Array(box.height * across.length * 3);
  let to = 0;
  for (let y = 0; y < box.height; y++) {
    const row = ((box.top + y) * width + box.left) * 4;
    for (const { first, weights } of across) {
      let b = 0;
      let g = 0;
      let r = 0;
      for (let k = 0; k < weights.length; k++) {
        const at = row + (first + k) * 4;
        const alpha = data[at + 3]! / 255;
        const weight = weights[k]!;
        const behind = backdrop * (1 - alpha);
        r += weight * (data[at]! * alpha + behind);
        g += weight * (data[at + 1]! * alpha + behind);
        b += weight * (data[at + 2]! * alpha + behind);
      }
      rows[to++] = b;
      rows[to++] = g;
      rows[to++] = r;
    }
  }
  return rows;
}

/** Which source samples one target sample is made of: from `first` on, with these weights (their sum is 1). */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/** A triangle filter, at least one source sample wide: bilinear interpolation when growing. Sample centres are at ½. */
export function taps(from: number, to: number): Taps[] {
  const step = from / to;
  const reach = Math.max(1, step);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * step - 0.5;
    const first = Math.max(0, Math.floor(centre - reach) + 1);
    const last = Math.min(from - 1, Math.ceil(centre + reach) - 1);
    const weights: number[] = [];
    for (let at = first; at <= last; at++) weights.push(1 - Math.abs(at - centre) / reach);
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
