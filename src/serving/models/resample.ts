import type { Ink } from "./ink.js";
import type { Pixels } from "./pixels.js";

/** Which source samples one target sample is made of: from `first` on, with these weights (their sum is 1). */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * A part of an image at another size: [height, width, blue green red] of 0 … 255, transparency resolved. Bilinear; where it
 * shrinks, the filter grows with the step, so that thin strokes of large text do not fall between the samples.
 */
export function resample(image: Pixels, ink: Ink, width: number, height: number): Float32Array {
  const rows = resampleRows(image, ink, taps(ink.box.width, width));
  const stride = width * 3;
  const out = new Float32Array(height * stride);
  let to = 0;
  for (const { first, weights } of taps(ink.box.height, height)) {
    for (let x = 0; x < stride; x++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * rows[(first + k) * stride + x]!;
      out[to++] = sum;
    }
  }
  return out;
}

/** Every row of the box at its new width. */
function resampleRows({ data, width }: Pixels, { box, backdrop }: Ink, across: readonly Taps[]): Float32Array {
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
