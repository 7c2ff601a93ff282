import * as zlib from "node:zlib";

/** CRC-32 (that of gzip) of bytes, going on from that of the bytes before them. Finds every burst of up to 32 wrong bits. */
export const crc: (bytes: Uint8Array, before?: number) => number =
  // Node 22.0 and 22.1 have none, which are in the range that is supported.
  (zlib as { crc32?: typeof zlib.crc32 }).crc32 ?? crcByTable;

/** The same in JavaScript, a byte at a time. */
export function crcByTable(bytes: Uint8Array, before = 0): number {
  let rest = ~before;
  for (const byte of bytes) rest = table[(rest ^ byte) & 0xff]! ^ (rest >>> 8);
  return ~rest >>> 0;
}

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});
