import { inflateSync } from "node:zlib";
import { badImage, checkSize } from "./pixels.js";

const signature = [137, 80, 78, 71, 13, 10, 26, 10];
/** Samples per pixel and allowed bits per sample, by colour type (PNG specification, table 11.1). */
const colours: Record<number, { samples: number; depths: readonly number[] }> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

/**
 * The same image in the chunks that carry it, proven to unpack to exactly the bytes that its header promises: what a
 * decoder is given afterwards can neither surprise it nor fill the memory.
 *
 *   signature[8]  then chunks: length[4] type[4] body[length] checksum[4], big-endian
 *                 IHDR  width[4] height[4] depth colour 0 0 interlace       first
 *                 PLTE, tRNS, …                                             only what the colour type needs is kept
 *                 IDAT  the rows, deflated, in any number of pieces
 *                 IEND                                                      last
 *
 * @throws HoldfastError Refused, reason "bad-image"
 */
export function essentials(bytes: Uint8Array, maxPixels: number): Uint8Array {
  if (Object.prototype.toString.call(bytes) !== "[object Uint8Array]") {
    throw badImage("an image is the bytes of a PNG file, as a Uint8Array");
  }
  if (!signature.every((byte, i) => bytes[i] === byte)) {
    throw badImage(`the ${bytes.length} bytes are not a PNG file: it would begin with 89 50 4E 47 0D 0A 1A 0A`);
  }
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [header, ...rest] = chunksOf(file);
  if (header?.type !== "IHDR") throw badImage("the PNG does not begin with its header");
  const size = sizeOf(header.body, maxPixels);
  const needed = neededFor(header.body[9]!);
  const chunks = rest.filter(({ type }) => needed.includes(type));
  if (needed.includes("PLTE") && !chunks.some(({ type }) => type === "PLTE")) {
    throw badImage("the PNG's pixels point into a palette, and it has none");
  }
  checkUnpacked(Buffer.concat(chunks.flatMap(({ type, body }) => (type === "IDAT" ? body : []))), size);
  return new Uint8Array(Buffer.concat([file.subarray(0, 8), header.whole, ...chunks.map(({ whole }) => whole)]));
}

/** Palette and transparency belong to some colour types only; elsewhere they are suggestions, or mistakes. */
function neededFor(colour: number): string[] {
  return ["IDAT", "IEND", ...(colour === 3 ? ["PLTE"] : []), ...(colour < 4 ? ["tRNS"] : [])];
}

interface Chunk {
  readonly type: string;
  readonly body: Buffer;
  /** With length, type and checksum. */
  readonly whole: Buffer;
}

function chunksOf(file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = signature.length; ; ) {
    if (at + 12 > file.length) throw badImage(`the PNG ends at byte ${file.length}, before its last chunk`);
    const length = file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    const end = at + 12 + length;
    if (end > file.length)
      throw badImage(`the PNG's chunk ${JSON.stringify(type)} claims ${length} bytes, it has fewer`);
    chunks.push({ type, body: file.subarray(at + 8, end - 4), whole: file.subarray(at, end) });
    if (type === "IEND") return chunks;
    at = end;
  }
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
