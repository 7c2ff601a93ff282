import { HoldfastError, refuse } from "../../errors.js";

/** An image in memory: 8-bit RGBA, row by row from the top left, as a canvas' `getImageData` gives it. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** width * height * 4 bytes. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** The largest image that is looked at where nothing else is said. */
export const defaultMaxPixels = 20e6;

/** @throws HoldfastError InvalidSpec for a bound that bounds nothing */
export function checkMaxPixels(value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return;
  throw new HoldfastError("InvalidSpec", `maxPixels is ${String(value)}: give a whole number of pixels > 0`);
}

/**
 * Checks that an image is what it says.
 * @throws HoldfastError Refused, reason "bad-image"
 */
export function checkPixels(image: Pixels, maxPixels: number): void {
  const { width, height, data } = image ?? {};
  checkSize(width, height, maxPixels);
  const tag = Object.prototype.toString.call(data).slice(8, -1);
  if (tag !== "Uint8Array" && tag !== "Uint8ClampedArray") {
    throw badImage(`the pixels are ${tag}: give a Uint8Array or Uint8ClampedArray of RGBA`);
  }
  if (data.length !== width * height * 4) {
    throw badImage(`${width} x ${height} pixels of RGBA are ${width * height * 4} bytes, ${data.length} came`);
  }
}

/** @throws HoldfastError Refused, reason "bad-image" */
export function checkSize(width: number, height: number, maxPixels: number): void {
  for (const side of [width, height]) {
    if (!Number.isSafeInteger(side) || side < 1)
      throw badImage(`an image of ${width} x ${height} pixels cannot be read`);
  }
  if (width * height > maxPixels) {
    throw badImage(`an image of ${width} x ${height} pixels is over the limit of ${maxPixels / 1e6} megapixels`);
  }
}

export function badImage(message: string): Error {
  return refuse("bad-image", message);
}
