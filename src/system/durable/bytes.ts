import { deserialize, serialize } from "node:v8";
import { Packr } from "msgpackr";

/*
 * Values as bytes that stay: state, events and messages in a store.
 *
 *   0x01 | msgpack        nearly everything, small and quick
 *   0x02 | V8's format    what msgpack would change without a word: -0, halves of surrogate pairs, holes, a key "__proto__"
 *
 * What comes back is the receiver's own: it shares no memory with what was stored. Who reads has looked at a checksum before,
 * and looks at the shape of what he gets.
 */
const MSGPACK = 1;
const V8 = 2;

// Without useToJSON: false it would call what a sender has named toJSON.
const packr = new Packr({ structuredClone: true, moreTypes: true, copyBuffers: true, useToJSON: false });

/** @param value as it crosses to a host: see transport/values.ts */
export function toBytes(value: unknown): Uint8Array {
  return unchanged(value) ? tagged(MSGPACK, packr.pack(value)) : tagged(V8, serialize(value));
}

/** @throws whatever the decoder does for bytes that `toBytes` has not made */
export function fromBytes(bytes: Uint8Array): unknown {
  const body = bytes.subarray(1);
  switch (bytes[0]) {
    case MSGPACK:
      return packr.unpack(body);
    case V8:
      return deserialize(body);
    default:
      throw new Error(`a value of the unknown form ${bytes[0]}`);
  }
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && Buffer.compare(one, other) === 0;
}

function tagged(tag: number, body: Uint8Array): Uint8Array {
  const all = Buffer.allocUnsafeSlow(body.byteLength + 1);
  all[0] = tag;
  all.set(body, 1);
  return all;
}

/** Msgpack gives back what it is given here. Numbers in typed arrays are bytes, and not looked at. */
function unchanged(value: unknown): boolean {
  switch (typeof value) {
    case "number":
      return value !== 0 || !Object.is(value, -0);
    case "string":
      return isWellFormed(value);
    case "object":
      return value === null || ArrayBuffer.isView(value) || partsUnchanged(value);
    default:
      return true;
  }
}

function partsUnchanged(value: object): boolean {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!unchanged(value[i]) || !(i in value)) return false;
    return true;
  }
  if (value instanceof Map) {
    for (const [key, item] of value) if (!unchanged(key) || !unchanged(item)) return false;
    return true;
  }
  if (value instanceof Set) {
    for (const item of value) if (!unchanged(item)) return false;
    return true;
  }
  if (value instanceof Date || value instanceof ArrayBuffer) return true;
  for (const name of Object.keys(value)) {
    if (name === "__proto__" || !isWellFormed(name)) return false;
    if (!unchanged((value as Record<string, unknown>)[name])) return false;
  }
  return true;
}

/** No half of a pair stands alone in it: UTF-8 can say it. TypeScript's library for Node 20 does not know the method. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
