import type { DecodedPng } from "fast-png";
import { messageOf } from "../../errors.js";
import { importPeer } from "../../peer.js";
import { badImage, type Pixels } from "./pixels.js";
import { essentials } from "./png-check.js";

export type DecodePng = (bytes: Uint8Array, maxPixels: number) => Pixels;

/**
 * A decoder for PNG files from strangers: whatever is wrong with one is a refusal, and what it unpacks to is bounded
 * before it is unpacked (a 100 kB file can hold 100 MB of zeros, in the image or in a colour profile).
 * @throws HoldfastError MissingPeer
 */
export async function loadPngDecoder(): Promise<DecodePng> {
  const { decode, convertIndexedToRgb } = await importPeer("fast-png", () => import("fast-png"));
  return (bytes, maxPixels) => {
    const slim = essentials(bytes, maxPixels);
    try {
      const png = decode(slim, { checkCrc: true });
      return { width: png.width, height: png.height, data: toRgba(png, convertIndexedToRgb) };
    } catch (thrown) {
      throw badImage(`the PNG is damaged: ${messageOf(thrown)}`);
    }
  };
}

function toRgba(png: DecodedPng, unpalette: (png: DecodedPng) => Uint8Array): Uint8Array {
  const { width, height } = png;
  const count = width * height;
  const rgba = new Uint8Array(count * 4);
  const data = png.palette ? unpalette(png) : png.depth < 8 ? unpackBits(png) : png.data;
  const channels = png.palette ? data.length / count : png.channels;
  const shift = png.depth === 16 ? 8 : 0;
  const colour = channels > 2 ? 1 : 0; // one step to the next colour, or the same grey thrice
  const hasAlpha = channels % 2 === 0;
  const key = png.transparency; // the one colour that is see-through, in an image without alpha
  for (let i = 0, from = 0, to = 0; i < count; i++, from += channels, to += 4) {
    const r = data[from]!;
    const g = data[from + colour]!;
    const b = data[from + 2 * colour]!;
    const alpha = hasAlpha ? data[from + channels - 1]! >> shift : 255;
    rgba[to] = r >> shift;
    rgba[to + 1] = g >> shift;
    rgba[to + 2] = b >> shift;
    rgba[to + 3] = key && r === key[0] && g === key[colour] && b === key[2 * colour] ? 0 : alpha;
  }
  return rgba;
}

/** Grey of 1, 2 or 4 bits as bytes of 0 … 255; each row begins at a whole byte. */
function unpackBits({ width, height, depth, data }: DecodedPng): Uint8Array {
  const grey = new Uint8Array(width * height);
  const perByte = 8 / depth;
  const stride = Math.ceil(width / perByte);
  const most = 2 ** depth - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = data[y * stride + Math.floor(x / perByte)]!;
      const value = (byte >> (8 - depth - (x % perByte) * depth)) & most;
      grey[y * width + x] = (value * 255) / most;
    }
  }
  return grey;
}
