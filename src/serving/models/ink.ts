import type { Pixels } from "./pixels.js";

/** A rectangle of whole pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where the text is, and what to see behind transparent pixels: 0 (black) or 255 (white). */
export interface Ink {
  readonly box: Box;
  readonly backdrop: number;
}

/** What differs less from the background, of 255, is no ink on any image: paper, gradients, compression noise. */
const faintest = 16;
/** Ink is what differs from the background by this part of the strongest difference: soft edges count, noise does not. */
const share = 0.3;

/**
 * Finds the rectangle around everything that is not background, light on dark as well as dark on light. The background is
 * the median brightness: text never covers half of its line.
 *
 * @param margin  pixels to leave around the text, as far as the image has them
 * @returns undefined when the image shows nothing
 */
export function findInk(image: Pixels, margin: number): Ink | undefined {
  const backdrop = backdropOf(image);
  const { width, height } = image;
  const light = brightness(image, backdrop);
  const background = median(light);
  let contrast = 0;
  for (const value of light) contrast = Math.max(contrast, Math.abs(value - background));
  if (contrast < faintest) return undefined;

  const least = Math.max(faintest, contrast * share);
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (Math.abs(light[i]! - background) < least) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  const from = { x: Math.max(0, left - margin), y: Math.max(0, top - margin) };
  const to = { x: Math.min(width, right + 1 + margin), y: Math.min(height, bottom + 1 + margin) };
  return { box: { left: from.x, top: from.y, width: to.x - from.x, height: to.y - from.y }, backdrop };
}

/** White, as on a page; black when most of the image is see-through and what is drawn on it is light. */
export function backdropOf({ data }: Pixels): number {
  let clear = 0;
  let weight = 0;
  let light = 0;
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]!;
    if (alpha < 128) clear++;
    weight += alpha;
    light += alpha * luma(data[i]!, data[i + 1]!, data[i + 2]!);
  }
  return clear > data.length / 8 && light > 128 * weight ? 0 : 255;
}

function brightness({ data }: Pixels, backdrop: number): Uint8Array {
  const light = new Uint8Array(data.length / 4);
  for (let i = 0, at = 0; i < light.length; i++, at += 4) {
    const alpha = data[at + 3]!;
    light[i] = (luma(data[at]!, data[at + 1]!, data[at + 2]!) * alpha + backdrop * (255 - alpha)) / 255;
  }
  return light;
}

/** ITU-R BT.601. */
function luma(r: number, g: number, b: number): number {
  return 0.299 * r + 0.587 * g + 0.114 * b;
}

function median(values: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const value of values) counts[value]!++;
  let left = values.length / 2;
  for (let value = 0; value < 256; value++) {
    left -= counts[value]!;
    if (left <= 0) return value;
  }
  return 255;
}
