import { type Options, Packr } from "msgpackr";
import { isHoldfastError } from "../errors.js";
import { guardJson, refuseProto } from "./guard-json.js";
import { badFrame, type FrameLimits, frameLimits } from "./limits.js";
import { readMsgpack } from "./read-msgpack.js";
import { type Format, toWire } from "./values.js";

/**
 * Plain msgpack, so that any language can speak it: no records, no extensions, and 64 bit integers that a double
 * cannot hold are bigints.
 */
const options: Options = { useRecords: false, mapsAsObjects: true, variableMapSize: true };
// Both are documented and missing in the package's types. Without the second it would call what a sender has named toJSON.
const packr = new Packr(Object.assign(options, { int64AsType: "auto", useToJSON: false }) as Options);

/**
 * A frame as it goes over the socket: bytes for "binary", text for "text".
 * @throws HoldfastError InvalidValue naming the path of a value that cannot be sent
 */
export function encodeFrame(frame: object, format: Format): Uint8Array | string {
  const plain = toWire(frame, format, "");
  return format === "text" ? JSON.stringify(plain) : packPlain(plain);
}

/** The bytes of a plain value, such as toWire() gives for "binary". */
export function packPlain(plain: unknown): Uint8Array {
  return packr.pack(plain);
}

/**
 * The plain value of a frame; what it means is for validate.ts to say, and its tensors for `fromWire`.
 * Bytes in it are views of `data`.
 * @throws HoldfastError BadFrame for what is not plain msgpack or JSON within the limits
 */
export function decodeFrame(data: Uint8Array | string, limits: FrameLimits = frameLimits): unknown {
  return typeof data === "string" ? decodeText(data, limits) : readMsgpack(data, limits);
}

function decodeText(text: string, limits: FrameLimits): unknown {
  guardJson(text, limits);
  try {
    // A reviver costs a call per value: only where the key could be, plain or escaped.
    const suspicious = text.includes("__proto__") || text.includes("\\u");
    return JSON.parse(text, suspicious ? refuseProto : undefined) as unknown;
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    throw badFrame(`the frame is not JSON: ${(error as Error).message}`);
  }
}
