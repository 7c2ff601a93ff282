import { inflateSync } from "node:zlib";
import type { DecodedPng } from "fast-png";
import { toError } from "../../errors.js";
import { importPeer } from "../runtimes/peer.js";
import { badImage, checkSize, type Pixels } from "./pixels.js";

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
      throw badImage(`the PNG is damaged: ${toError(thrown).message}`);
    }
  };
}

const signature = [137, 80, 78, 71, 13, 10, 26, 10];
const kept = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
/** Samples per pixel and allowed bits per sample, by colour type (PNG specification, table 11.1). */
const colours: Record<number, { samples: number; depths: readonly number[] }> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

/** The same image in the chunks that carry it, proven to unpack to exactly the bytes that its header promises. */
function essentials(bytes: Uint8Array, maxPixels: number): Uint8Array {
  if (Object.prototype.toString.call(bytes) !== "[object Uint8Array]") {
    throw badImage("an image is the bytes of a PNG file, as a Uint8Array");
  }
  if (!signature.every((byte, i) => bytes[i] === byte)) {
    throw badImage(`the ${bytes.length} bytes are not a PNG file: it would begin with 89 50 4E 47 0D 0A 1A 0A`);
  }
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Buffer[] = [file.subarray(0, 8)];
  const packed: Buffer[] = [];
  let unpackedSize = 0;
  for (let at = 8; ; ) {
    if (at + 12 > file.length) throw badImage(`the PNG ends at byte ${file.length}, before its last chunk`);
    const length = file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    const end = at + 12 + length;
    if (end > file.length)
      throw badImage(`the PNG's chunk ${JSON.stringify(type)} claims ${length} bytes, it has fewer`);
    const body = file.subarray(at + 8, end - 4);
    if ((at === 8) !== (type === "IHDR")) throw badImage("the PNG's header is not its first and only one");
    if (type === "IHDR") unpackedSize = sizeOf(body, maxPixels);
    if (type === "IDAT") packed.push(body);
    if (kept.has(type)) parts.push(file.subarray(at, end));
    if (type === "IEND") break;
    at = end;
  }
  checkUnpacked(Buffer.concat(packed), unpackedSize);
  return new Uint8Array(Buffer.concat(parts));
}

/** Bytes of the unpacked image data, filter bytes included. */
function sizeOf(header: Buffer, maxPixels: number): number {
  if (header.length !== 13) throw badImage(`the PNG's header is ${header.length} bytes instead of 13`);
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const [depth, colour, , , interlace] = header.subarray(8) as Iterable<number> as [
    number,
    number,
    number,
    number,
    number,
  ];
  checkSize(width, height, maxPixels);
  const kind = colours[colour];
  if (!kind?.depths.includes(depth)) throw badImage(`the PNG has colour type ${colour} with ${depth} bits`);
  if (interlace > 1) throw badImage(`the PNG has interlace method ${interlace}`);
  if (interlace === 1 && depth < 8) throw badImage("an interlaced PNG with less than 8 bits per sample cannot be read");
  const bits = kind.samples * depth;
  const lines = (w: number, h: number) => (w < 1 || h < 1 ? 0 : h * (1 + Math.ceil((w * bits) / 8)));
  const size = interlace
    ? adam7.reduce((sum, [x, y, dx, dy]) => sum + lines(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)), 0)
    : lines(width, height);
  if (size > maxPixels * 4 + height) throw badImage(`the PNG unpacks to ${size} bytes, over ${maxPixels * 4}`);
  return size;
}

/** Column and row where each of the seven passes begins, and its steps (PNG specification, 8.2). */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function checkUnpacked(packed: Buffer, size: number): void {
  let found: number;
  try {
    found = inflateSync(packed, { maxOutputLength: size }).length;
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    const over = code === "ERR_BUFFER_TOO_LARGE";
    throw badImage(
      over ? `the PNG unpacks to more than the ${size} bytes of its header` : `the PNG is damaged: ${message}`,
    );
  }
  if (found !== size) throw badImage(`the PNG unpacks to ${found} bytes, its header promises ${size}`);
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
