import type { ControlFile } from "../../src/host/control-file.js";

/** A control file that is memory. */
export function fileIn(buffer: ArrayBufferLike, now: () => number = ticking()): ControlFile {
  const file = new Uint8Array(buffer);
  return {
    write: (bytes, from, length, offset) => file.set(bytes.subarray(from, from + length), offset),
    read: (bytes, from, length, offset) => bytes.set(file.subarray(offset, offset + length), from),
    now,
  };
}

/** A clock that goes on with every look. */
function ticking(): () => number {
  let now = 0;
  return () => (now += 10);
}
