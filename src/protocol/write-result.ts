import { shortText } from "./short-text.js";

/** Longer texts are encoded by the platform. */
const MOST_LETTERS = 255;
const MOST_DEPTH = 8;
const MOST_KEYS = 15;
const MOST_ITEMS = 255;

/** What every result begins with: a map of three, { type: "result", id: */
const head = [0x83, ...shortText("type"), ...shortText("result"), ...shortText("id")];
/** and before its value: */
const valueKey = shortText("value");

let target: Uint8Array = new Uint8Array();
let at = 0;
let busy = false;

/**
 * Writes { type: "result", id, value } as msgpack where it goes out from, if the value is small and plain: numbers, booleans,
 * null, ASCII, arrays and objects of these. Most answers are, and to look at each, to pack it and to copy it costs as much as all
 * else that is done for it. The bytes are those that `packPlain` gives.
 * @param from where it begins in `into`
 * @returns where it ends; -1 where the value is not of this kind or there is no room: what follows `from` may be overwritten
 */
export function writeResult(into: Uint8Array, from: number, id: number, value: unknown): number {
  // A getter of the value may lead here again.
  if (busy) return -1;
  busy = true;
  target = into;
  at = from;
  try {
    return list(head) && number(id) && list(valueKey) && any(value, 0) ? at : -1;
  } finally {
    busy = false;
  }
}

function any(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
      return string(value);
    case "number":
      return number(value);
    case "boolean":
      return byte(value ? 0xc3 : 0xc2);
    case "object":
      if (value === null) return byte(0xc0);
      return depth < MOST_DEPTH && (Array.isArray(value) ? array(value, depth) : map(value, depth));
    default:
      return false;
  }
}

function array(values: readonly unknown[], depth: number): boolean {
  const { length } = values;
  if (length > MOST_ITEMS) return false;
  if (length < 16 ? !byte(0x90 | length) : !(byte(0xdc) && byte(0) && byte(length))) return false;
  for (let i = 0; i < length; i++) if (!any(values[i], depth + 1)) return false;
  return true;
}

function map(value: object, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  const start = at;
  let count = 0;
  if (!byte(0x80)) return false;
  for (const key in value) {
    // Tensors have a dtype; names that begin with 0 are the runtime's own.
    if (++count > MOST_KEYS || key === "__proto__" || key === "dtype" || key.charCodeAt(0) === 0) return false;
    if (!string(key) || !any((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  target[start] = 0x80 | count;
  return true;
}

function string(value: string): boolean {
  const { length } = value;
  if (length > MOST_LETTERS || at + length + 2 > target.length) return false;
  if (length < 32) target[at++] = 0xa0 | length;
  else {
    target[at++] = 0xd9;
    target[at++] = length;
  }
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code >= 0x80) return false;
    target[at++] = code;
  }
  return true;
}

function number(value: number): boolean {
  if (at + 9 > target.length) return false;
  if (value >>> 0 === value) unsigned(value);
  else if (value >= -0x20 && value >> 0 === value) target[at++] = 0x100 + value;
  else if (value >= -0x80 && value >> 0 === value) whole(0xd0, value, 1);
  else if (value >= -0x8000 && value >> 0 === value) whole(0xd1, value, 2);
  else if (value >> 0 === value) whole(0xd2, value, 4);
  else float(value);
  return true;
}

function unsigned(value: number): void {
  if (value < 0x80) target[at++] = value;
  else if (value < 0x100) whole(0xcc, value, 1);
  else if (value < 0x10000) whole(0xcd, value, 2);
  else whole(0xce, value, 4);
}

/** Big-endian; of a negative one its two's complement. */
function whole(kind: number, value: number, bytes: number): void {
  target[at++] = kind;
  for (let shift = (bytes - 1) * 8; shift >= 0; shift -= 8) target[at++] = (value >>> shift) & 0xff;
}

const scratch = new DataView(new ArrayBuffer(8));

function float(value: number): void {
  target[at++] = 0xcb;
  scratch.setFloat64(0, value);
  for (let i = 0; i < 8; i++) target[at++] = scratch.getUint8(i);
}

function byte(value: number): boolean {
  if (at >= target.length) return false;
  target[at++] = value;
  return true;
}

function list(bytes: readonly number[]): boolean {
  if (at + bytes.length > target.length) return false;
  for (let i = 0; i < bytes.length; i++) target[at++] = bytes[i]!;
  return true;
}
