import type { ServerFrame } from "../protocol/frames.js";
import type { Format } from "../protocol/values.js";
import { type Encoded, encoded } from "./encoded.js";

const known = new WeakMap<ServerFrame, Map<Format, Encoded>>();

/**
 * The bytes of a frame that goes to many connections: made once for each format, for as long as the frame is held.
 * @param frame not changed afterwards, and without leased tensors
 * @throws HoldfastError InvalidValue naming the path of a value that cannot be sent
 */
export function encodedOnce(frame: ServerFrame, format: Format): Encoded {
  let formats = known.get(frame);
  if (!formats) {
    formats = new Map();
    known.set(frame, formats);
  }
  let bytes = formats.get(format);
  if (!bytes) {
    bytes = encoded(frame, format);
    formats.set(format, bytes);
  }
  return bytes;
}
