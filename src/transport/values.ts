import { types } from "node:util";
import { behindRef, type CallOptions, createRef, type SystemIdentity, type Target } from "../actor/ref.js";
import { SLAB_FROM_BYTES } from "../defaults.js";
import { HoldfastError } from "../errors.js";
import type { Special } from "../mailbox/message.js";
import type { Dtype, Tensor } from "../protocol/dtypes.js";
import { kindOf, ownCopyOf } from "./array-kinds.js";
import { decodeError, encodeError, type WireError } from "./error-codec.js";
import type { Packed } from "./frames.js";
import { Lease, leaseFor } from "./lease.js";
import { plainDataBytes } from "./plain-data.js";
import { replaceIn } from "./walk.js";

/*
 * One table of message values (docs/values.md): plain data, typed arrays, ArrayBuffer, Map, Set, Date, bigint, Error,
 * refs. Everything else is refused with its path, at the sender, before anything is queued: a function that silently
 * becomes undefined on the other side is the classic trap.
 */

/** Objects nested deeper than this are refused; a cycle ends here too. */
const DEEPEST_VALUE = 100;

const WRAPPED = "\u0000holdfast";

type Wrapped =
  | { [WRAPPED]: "error"; error: WireError }
  | { [WRAPPED]: "ref"; path: string; key: string | undefined }
  /** Lent to its receiver. */
  | ({ [WRAPPED]: "tensor"; bare?: true } & Tensor)
  /** Its receiver's own. */
  | ({ [WRAPPED]: "lease" } & Tensor);

/** What becomes of leased tensors: they are lent, given, or copied as any array. */
type Leased = "lend" | "give" | "copy";

/** A packed value and its rough size in memory, for bounds and reports. */
export interface Sized extends Packed {
  readonly bytes: number;
  /** Tensors that are lent or given with it, which is done when it is sent. */
  readonly leases: readonly Lease[] | undefined;
}

/* What the walk under way has found: handing it down would cost each value more than the walk does. */
let walking = false;
let leased: Leased = "copy";
let leases: Lease[] | undefined;
let special: Special = false;
let bytes = 0;
let home: SystemIdentity | undefined;

/**
 * Checks a value and wraps what structured clone would spoil.
 * @param where what the value is, for the error: `args[0]` or `result`
 * @param how what becomes of leased tensors in it; default: they are copied
 * @param to the system it is sent to: refs of others are refused; undefined where that is not known
 * @throws HoldfastError InvalidValue naming the path of the offending part
 */
export function pack(value: unknown, where: string, how: Leased = "copy", to?: SystemIdentity): Sized {
  const plain = plainDataBytes(value);
  if (plain >= 0) return { value, special: false, bytes: plain, leases: undefined };
  if (walking) return packWithin(value, where, how, to);
  leased = how;
  leases = undefined;
  special = false;
  bytes = 0;
  home = to;
  walking = true;
  try {
    const packed = walk(value, where, 0);
    return { value: packed, special, bytes, leases };
  } finally {
    walking = false;
    // What is remembered here would be kept alive until the next value is packed.
    leases = undefined;
    home = undefined;
  }
}

/** A getter of a value that is packed sends something itself: the outer walk goes on with what it had found. */
function packWithin(value: unknown, where: string, how: Leased, to: SystemIdentity | undefined): Sized {
  const outer = { leased, leases, special, bytes, home };
  walking = false;
  try {
    return pack(value, where, how, to);
  } finally {
    ({ leased, leases, special, bytes, home } = outer);
    walking = true;
  }
}

function walk(value: unknown, path: string, depth: number): unknown {
  switch (typeof value) {
    case "string":
      bytes += 16 + value.length * 2;
      return value;
    case "function":
    case "symbol":
      throw invalid(path, `a ${typeof value}`, "send plain data");
    case "object":
      break;
    default:
      bytes += 8;
      return value;
  }
  if (value === null) return value;
  if (depth > DEEPEST_VALUE) throw invalid(path, `nested more than ${DEEPEST_VALUE} deep`, "or it contains itself");
  if (types.isProxy(value)) throw invalid(path, "a Proxy", "send a plain copy of what it stands for");
  bytes += 16;
  if (ArrayBuffer.isView(value)) return view(value, path);
  if (Array.isArray(value)) return list(value, path, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null)
    return record(value as Record<string, unknown>, path, depth);
  if (value instanceof ArrayBuffer) {
    refuseDetached(value, path);
    counted(value.byteLength);
    return value;
  }
  if (value instanceof Date) return value;
  if (value instanceof Map) return map(value, path, depth);
  if (value instanceof Set) return new Set([...value].map((item, i) => walk(item, `${path}.values[${i}]`, depth + 1)));
  if (value instanceof Error) {
    special = true;
    return { [WRAPPED]: "error", error: encodeError(value) } satisfies Wrapped;
  }
  if (value instanceof Lease) return tensor(value, path);
  const ref = behindRef(value);
  if (ref) {
    const { system } = ref.target;
    if (home && system && system !== home) {
      throw invalid(
        path,
        `the ref ${ref.target.path} of another system`,
        `its actors are not those of this "${home.name}"`,
      );
    }
    special = true;
    return { [WRAPPED]: "ref", path: ref.target.path, key: ref.options.key } satisfies Wrapped;
  }
  throw invalid(path, `an instance of ${value.constructor?.name ?? "an unnamed class"}`, "send plain data instead");
}

function tensor(lease: Lease, path: string): unknown {
  const { dtype, shape, data } = lease;
  if (leased === "copy") return { dtype, shape, data: view(data.slice(), path) };
  bytes += data.byteLength;
  special = true;
  leases ??= [];
  if (!leases.includes(lease)) leases.push(lease);
  if (lease.once === "array") return { [WRAPPED]: "tensor", dtype, shape, data, bare: true } satisfies Wrapped;
  return { [WRAPPED]: leased === "lend" ? "tensor" : "lease", dtype, shape, data } satisfies Wrapped;
}

/** A view on part of a larger buffer would drag all of that buffer along (a Buffer from Node's pool: 8 KB): copy it out. */
function view(value: ArrayBufferView, path: string): unknown {
  if (value.buffer instanceof ArrayBuffer) refuseDetached(value.buffer, path);
  counted(value.byteLength);
  if (value.byteLength === value.buffer.byteLength && value.buffer instanceof ArrayBuffer) return value;
  const copy = new Uint8Array(value.byteLength);
  copy.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (value instanceof DataView) return new DataView(copy.buffer);
  if (value instanceof Uint8Array) return copy;
  const kind = value.constructor as new (buffer: ArrayBuffer) => ArrayBufferView;
  return new kind(copy.buffer);
}

function counted(byteLength: number): void {
  bytes += byteLength;
  if (byteLength >= SLAB_FROM_BYTES) special ||= "large";
}

/** A buffer that was transferred away has no bytes any more; cloning it would fail after it was accepted. */
function refuseDetached(buffer: ArrayBuffer, path: string): void {
  if (buffer.byteLength > 0) return;
  try {
    new Uint8Array(buffer);
  } catch {
    throw invalid(path, "a buffer that was transferred away", "send it before it is given up, or a copy");
  }
}

function list(value: unknown[], path: string, depth: number): unknown[] {
  let changed: unknown[] | undefined;
  for (let i = 0; i < value.length; i++) {
    const before = value[i];
    const item = walk(before, `${path}[${i}]`, depth + 1);
    // What is a hole stays one in the copy.
    if (item === before) continue;
    changed ??= value.slice();
    changed[i] = item;
  }
  return changed ?? value;
}

function record(value: Record<string, unknown>, path: string, depth: number): unknown {
  let changed: Record<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    bytes += 8 + name.length * 2;
    // What this side wraps has such names: nobody shall make the receiver unwrap what was never wrapped.
    if (name.charCodeAt(0) === 0)
      throw invalid(path, "an object with a key that begins with NUL", "choose another key");
    const item = walk(value[name], `${path}.${name}`, depth + 1);
    if (item !== value[name] && !changed) changed = { ...value };
    if (changed) changed[name] = item;
  }
  return changed ?? value;
}

function map(value: Map<unknown, unknown>, path: string, depth: number): Map<unknown, unknown> {
  const out = new Map<unknown, unknown>();
  for (const [key, item] of value) {
    // An object has no name to be told by, and perhaps no text.
    const name = Object(key) === key ? "an object" : String(key);
    out.set(walk(key, `${path}.keys`, depth + 1), walk(item, `${path}.get(${name})`, depth + 1));
  }
  return out;
}

function invalid(path: string, found: string, fix: string): HoldfastError {
  return new HoldfastError("InvalidValue", `${path} is ${found}, which cannot be sent: ${fix} (see docs/values.md)`, {
    details: { path },
  });
}

/** How this side reaches an actor that a message named. */
export type ResolveRef = (path: string) => Target;

/** Arguments that lie in shared memory, as arrays that are the receiver's own; tensors that were lent stay where they are. */
export function ownArrays(packed: Packed): Packed {
  if (packed.special === false) return packed;
  const copies = new Map<object, ArrayBufferView>();
  const value = replaceIn(packed.value, (found) => {
    if (WRAPPED in found) return found;
    if (!ArrayBuffer.isView(found) || !(found.buffer instanceof SharedArrayBuffer)) return undefined;
    const copy = copies.get(found) ?? ownCopyOf(kindOf(found)!, found.buffer, found.byteOffset, found.byteLength);
    copies.set(found, copy);
    return copy;
  });
  return { value, special: packed.special };
}

/** The elements of lent tensors in packed arguments. */
export function lentTensors(value: unknown): ArrayBufferView[] {
  const found: ArrayBufferView[] = [];
  replaceIn(value, (object) => {
    if (!(WRAPPED in object)) return undefined;
    const wrapped = object as Wrapped;
    if (wrapped[WRAPPED] === "tensor") found.push(wrapped.data);
    return object;
  });
  return found;
}

/** Lent tensors in packed arguments as copies: for whoever keeps them for longer than they are lent. */
export function keptTensors(args: unknown[]): unknown[] {
  return replaceIn(args, (found) => {
    if (!(WRAPPED in found)) return undefined;
    const wrapped = found as Wrapped;
    return wrapped[WRAPPED] === "tensor" ? { ...wrapped, data: wrapped.data.slice() } : found;
  }) as unknown[];
}

/** A lent tensor in packed arguments whose receiver gets a copy: one in ordinary memory. */
export function tensorOutside(args: unknown[]): { dtype: Dtype; shape: readonly number[] } | undefined {
  let outside: { dtype: Dtype; shape: readonly number[] } | undefined;
  replaceIn(args, (found) => {
    const { [WRAPPED]: what, dtype, shape, data } = found as Partial<Extract<Wrapped, { data: unknown }>>;
    if (what === undefined) return undefined;
    if (what === "tensor" && !(data!.buffer instanceof SharedArrayBuffer)) outside = { dtype: dtype!, shape: shape! };
    return found;
  });
  return outside;
}

/** The value as the receiver sees it. */
export function unpack(packed: Packed, resolveRef: ResolveRef): unknown {
  return packed.special === true ? unwrap(packed.value, resolveRef) : packed.value;
}

function unwrap(value: unknown, resolveRef: ResolveRef): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((item) => unwrap(item, resolveRef));
  if (value instanceof Map) {
    return new Map([...value].map(([key, item]) => [unwrap(key, resolveRef), unwrap(item, resolveRef)]));
  }
  if (value instanceof Set) return new Set([...value].map((item) => unwrap(item, resolveRef)));
  if (value instanceof Date || value instanceof ArrayBuffer) return value;
  if (WRAPPED in value) {
    const wrapped = value as Wrapped;
    if (wrapped[WRAPPED] === "error") return decodeError(wrapped.error);
    if (wrapped[WRAPPED] === "lease") return leaseFor(wrapped.dtype, wrapped.shape, wrapped.data);
    if (wrapped[WRAPPED] === "tensor") {
      const { dtype, shape, data, bare } = wrapped;
      return bare ? data : { dtype, shape, data };
    }
    const options: CallOptions = wrapped.key === undefined ? {} : { key: wrapped.key };
    return createRef(resolveRef(wrapped.path), options);
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unwrap(item, resolveRef)]));
}
