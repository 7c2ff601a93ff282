import { deflateSync } from "node:zlib";

/** A PNG chunk with a true checksum, whatever is in it. */
export function chunk(type: string, body: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, "latin1");
  out.set(body, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}

export interface PngPlan {
  width: number;
  height: number;
  depth: number;
  /** 0 grey, 2 rgb, 3 palette, 4 grey + alpha, 6 rgba. */
  colour: number;
  interlace?: number;
  /** Scanlines with their filter bytes, unpacked. */
  lines: Uint8Array;
  /** Chunks between the header and the image data. */
  between?: Buffer[];
}

/** A PNG file, true or lying: nothing is checked. */
export function makePng({ width, height, depth, colour, interlace = 0, lines, between = [] }: PngPlan): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, interlace], 8);
  return Buffer.concat([
    Buffer.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk("IHDR", header),
    ...between,
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Packs samples (0 … 2^depth-1, one array a row) into unfiltered scanlines. */
export function scanlines(rows: number[][], depth: number): Uint8Array {
  return Buffer.concat(
    rows.map((row) => {
      const bits = row.map((sample) => sample.toString(2).padStart(depth, "0")).join("");
      const bytes = bits.match(/.{1,8}/g)!.map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
      return Buffer.of(0, ...bytes);
    }),
  );
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}
