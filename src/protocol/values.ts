import { HoldfastError } from "../errors.js";
import { fromBase64, toBase64 } from "./base64.js";
import { isDtype, type Tensor } from "./dtypes.js";
import { frameLimits } from "./limits.js";
import {
  copied,
  dtypeOf,
  looksLikeTensor,
  type Place,
  tensorFromNumbers,
  tensorFromWire,
  tensorToWire,
  type WireTensor,
} from "./tensor.js";

/** "binary" is msgpack; "text" is its readable twin in JSON. */
export type Format = "binary" | "text";

/**
 *   at an actor or caller            msgpack                         JSON
 *   null, undefined                  nil                             null (a key whose value is undefined is left out)
 *   boolean, string                  the same                        the same
 *   number                           int or float                    number; "NaN", "Infinity", "-Infinity"
 *   bigint (64 bit)                  int 64 / uint 64                decimal string
 *   Uint8Array, ArrayBuffer          bin                             { dtype: "uint8", shape: [n], data: base64 }
 *   other typed arrays               { dtype, shape: [n], data }     the same, data in base64
 *   { dtype, shape, data }           { dtype, shape, data }          the same, data in base64
 *   array, plain object              array, map                      array, object
 *
 * Anything else is refused by name, never dropped or changed on the way; only -0 arrives as 0, because integers have no
 * sign of zero (inside tensors it keeps its sign). (NaN, int64 and bytes in JSON are written as
 * in protobuf's JSON mapping.)
 */
const MAX_DEPTH = frameLimits.maxDepth - 2;

/**
 * The wire form of a value. Typed arrays become views of the same memory, not copies.
 * @param where names the place in errors, such as `args`
 * @param found is told of leased tensors, which become views, too: whoever calls releases them when they are sent. Default:
 *   they are copied, and stay their owner's
 * @throws HoldfastError InvalidValue naming the path of what cannot be sent, or for more than a million values
 */
export function toWire(value: unknown, format: Format, where: string, found?: Found): unknown {
  return new Writer(format, found).value(value, where, 0);
}

/** What a value turned out to hold. */
export interface Found {
  readonly leased: LeasedTensor[];
  /** Of its longest array; 0 where there is none. */
  longest: number;
}

/** What tensor() hands out, as far as it matters here. */
export interface LeasedTensor extends Tensor {
  release(): void;
}

class Writer {
  readonly #format: Format;
  readonly #found: Found | undefined;
  #items = 0;

  constructor(format: Format, found: Found | undefined) {
    this.#format = format;
    this.#found = found;
  }

  value(value: unknown, where: string, depth: number): unknown {
    this.#count(1, where);
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return this.#format === "text" && !Number.isFinite(value) ? String(value) : value;
      case "undefined":
        return null;
      case "bigint":
        return this.#bigint(value, where);
      case "object":
        return value === null ? null : this.#object(value, where, depth);
      default:
        throw unsendable(where, `a ${typeof value}`);
    }
  }

  #bigint(value: bigint, where: string): bigint | string {
    if (value < -(2n ** 63n) || value >= 2n ** 64n) throw unsendable(where, "a bigint of more than 64 bits");
    return this.#format === "text" ? value.toString() : value;
  }

  #object(value: object, where: string, depth: number): unknown {
    if (depth > MAX_DEPTH) throw unsendable(where, `nested deeper than ${MAX_DEPTH} levels (or in a circle)`);
    if (ArrayBuffer.isView(value)) return this.#view(value, where);
    if (value instanceof ArrayBuffer) return this.#view(new Uint8Array(value), where);
    if (Array.isArray(value)) {
      // Plain numbers are most of long lists: no path is written for them.
      const write = (element: unknown, index: number) => {
        if (typeof element !== "number" || this.#format === "text") {
          return this.value(element, `${where}[${index}]`, depth + 1);
        }
        this.#items += 1;
        return element;
      };
      const list = Array.from(value, write);
      this.#count(0, where);
      return list;
    }
    if (isLeased(value)) return this.#lease(value, where);
    if (!isPlain(value)) throw unsendable(where, `a ${value.constructor?.name ?? "strange object"}`);
    if (looksLikeTensor(value) && ArrayBuffer.isView(value.data)) {
      return this.#tensor(tensorToWire(value.dtype, value.shape, value.data, where), where);
    }
    const map: Record<string, unknown> = {};
    for (const [key, element] of Object.entries(value)) {
      if (element === undefined) continue;
      const path = where ? `${where}.${key}` : key;
      if (key === "__proto__") throw unsendable(path, "a key named __proto__");
      this.#count(1, path);
      map[key] = this.value(element, path, depth + 1);
    }
    return map;
  }

  #lease(lease: LeasedTensor, where: string): unknown {
    const { dtype, shape, data } = lease;
    const leased = this.#found?.leased;
    if (leased && !leased.includes(lease)) leased.push(lease);
    return this.#tensor(tensorToWire(dtype, shape, leased ? data : data.slice(), where), where);
  }

  #view(view: ArrayBufferView, where: string): unknown {
    const dtype = dtypeOf(view);
    if (!dtype) throw unsendable(where, `a ${view.constructor.name}`);
    if (this.#format === "binary" && view instanceof Uint8Array) {
      this.#long(view);
      return view;
    }
    const count = view.byteLength / (view as Uint8Array).BYTES_PER_ELEMENT;
    const bytes = view instanceof Uint8ClampedArray ? new Uint8Array(view.buffer, view.byteOffset, view.length) : view;
    return this.#tensor(tensorToWire(dtype, [count], bytes, where), where);
  }

  #tensor(tensor: WireTensor, where: string): unknown {
    this.#count(6 + tensor.shape.length, where);
    this.#long(tensor.data);
    return this.#format === "text" ? { ...tensor, data: toBase64(tensor.data) } : tensor;
  }

  #long({ byteLength }: Uint8Array): void {
    if (this.#found && byteLength > this.#found.longest) this.#found.longest = byteLength;
  }

  /** The reader of a frame counts too, and refuses it whole: better to refuse the value here, by name. */
  #count(items: number, where: string): void {
    this.#items += items;
    if (this.#items <= frameLimits.maxItems) return;
    throw unsendable(where, `the ${frameLimits.maxItems + 1}th value of its frame, more than a frame may hold,`);
  }
}

function isLeased(value: object): value is LeasedTensor {
  const { release, dtype } = value as Partial<LeasedTensor>;
  return typeof release === "function" && isDtype(dtype) && !isPlain(value);
}

/** Objects of any realm whose prototype is that realm's Object.prototype, or none. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * What an actor or caller gets for a decoded wire value. Changes arrays and maps in place: they were made by the
 * decoder and belong to nobody else.
 * @param place makes what stands for bytes and tensors; default: arrays of their own
 * @throws HoldfastError InvalidValue for a tensor whose shape and data disagree
 */
export function fromWire(value: unknown, format: Format, where: string, place: Place = copied): unknown {
  if (typeof value !== "object" || value === null) return value;
  // A copy, as a plain Uint8Array: what the decoder gives is a view of the network's buffer.
  if (value instanceof Uint8Array) return place("uint8", [value.length], value, true);
  if (Array.isArray(value)) {
    value.forEach((element, index) => {
      if (typeof element === "object") value[index] = fromWire(element, format, `${where}[${index}]`, place);
    });
    return value;
  }
  if (looksLikeTensor(value)) return readTensor(value, format, where, place);
  const map = value as Record<string, unknown>;
  for (const key of Object.keys(map)) {
    const element = map[key];
    if (typeof element === "object") map[key] = fromWire(element, format, `${where}.${key}`, place);
  }
  return map;
}

function readTensor(
  tensor: { dtype: WireTensor["dtype"]; shape: unknown; data: unknown },
  format: Format,
  where: string,
  place: Place,
) {
  const { dtype, shape, data } = tensor;
  if (data instanceof Uint8Array) return tensorFromWire(dtype, shape, data, where, place);
  if (format === "text" && typeof data === "string")
    return tensorFromWire(dtype, shape, fromBase64(data, where), where, place);
  if (format === "text" && Array.isArray(data)) {
    return tensorFromWire(dtype, shape, tensorFromNumbers(dtype, data, where), where, place);
  }
  const wanted = format === "text" ? "base64 text or a list of numbers" : "bin";
  throw new HoldfastError("InvalidValue", `${where} is a ${dtype} tensor whose data is not ${wanted}`, {
    details: { path: where },
  });
}

function unsendable(where: string, what: string): HoldfastError {
  return new HoldfastError(
    "InvalidValue",
    `${where || "the value"} is ${what} and cannot be sent: send plain data, typed arrays or tensors`,
    { details: { path: where } },
  );
}
