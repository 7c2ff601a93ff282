import { packPlain } from "../protocol/codec.js";
import type { ServerFrame } from "../protocol/frames.js";
import { plainWireBytes } from "../protocol/plain-wire.js";
import { type Format, type Found, type LeasedTensor, toWire } from "../protocol/values.js";
import { APART_FROM_BYTES, packApart } from "./pack-apart.js";

const none: readonly never[] = [];

/** A frame as it goes over the socket: pieces that follow each other. */
export interface Encoded {
  readonly parts: readonly Uint8Array[];
  /** Of all of them. */
  readonly bytes: number;
  /** Their memory is in the parts: they are to be released when those are sent. */
  readonly leased: readonly LeasedTensor[];
}

/**
 * Large arrays stay as they lie in memory, instead of being copied into one piece with the rest.
 * @throws HoldfastError InvalidValue naming the path of a value that cannot be sent
 */
export function encoded(frame: ServerFrame, format: Format): Encoded {
  if (format === "binary" && frame.type === "result" && frame.seq === undefined && plainWireBytes(frame.value) >= 0) {
    const bytes = packPlain(frame);
    return { parts: [bytes], bytes: bytes.byteLength, leased: none };
  }
  const found: Found = { leased: [], longest: 0 };
  const plain = toWire(frame, format, "", found);
  const parts = format === "text" ? [Buffer.from(JSON.stringify(plain))] : packed(plain, found);
  let bytes = 0;
  for (const { byteLength } of parts) bytes += byteLength;
  return { parts, bytes, leased: found.leased };
}

function packed(plain: unknown, { longest }: Found): Uint8Array[] {
  return longest < APART_FROM_BYTES ? [packPlain(plain)] : packApart(plain);
}
