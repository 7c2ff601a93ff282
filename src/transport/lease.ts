import type { MakeTensor, TensorLease } from "../actor/tensor-lease.js";
import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import { type Dtype, elementsOf, isDtype, layouts, type TensorData } from "../protocol/dtypes.js";
import { bytesOf } from "./array-kinds.js";
import { Holding, settled, unguard, watchOver } from "./holding.js";
import type { Slab } from "./slab.js";
import { type Piece, segmentOf } from "./slab-memory.js";

/** Whoever holds the array keeps its lease alive with it: memory in use is never taken for lost. */
const leaseOf = new WeakMap<object, Lease>();

type Standing = "held" | "lent" | "told" | "given" | "released";

/** See TensorLease. */
export class Lease implements TensorLease {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /**
   * It is for one message, and gone when that settles, whatever its outcome; its receiver gets a tensor, or the bare array.
   * Undefined: it is its sender's again.
   */
  once: "tensor" | "array" | undefined = undefined;
  #data: TensorData;
  #standing: Standing = "held";
  readonly #holding: Holding;

  constructor(dtype: Dtype, shape: readonly number[], data: TensorData, piece: Piece | undefined, slab?: Slab) {
    this.dtype = dtype;
    this.shape = shape;
    this.#data = data;
    this.#holding = new Holding(`the tensor ${dtype}[${shape.join(",")}]`, piece, slab);
    leaseOf.set(data, this);
    if (piece) watchOver(this, this.#holding);
  }

  get data(): TensorData {
    if (this.#standing !== "held") throw this.#misused("its data was used");
    return this.#data;
  }

  get held(): boolean {
    return this.#standing === "held";
  }

  release(): void {
    if (this.#standing !== "held") throw this.#misused("release() was called");
    this.#end("released");
  }

  [Symbol.dispose](): void {
    if (this.#standing === "held" || this.#standing === "lent") this.release();
  }

  /** Whoever it is sent to uses it, until `back` or `spend`. A tell that was accepted never gives it back. */
  lend(by: "ask" | "tell"): void {
    this.#standing = by === "tell" ? "told" : "lent";
  }

  /**
   * It is its holder's again. Who it was lent to may still be at it (the ask timed out, its thread is dying): then that memory
   * is left alone, and the contents go on in another.
   */
  back(): void {
    if (this.#holding.shared) {
      const from = bytesOf(this.#data);
      const { piece, slab } = this.#holding;
      const other = slab?.take(from.byteLength);
      const { make } = layouts[this.dtype];
      const data = other
        ? new make(other.segment.memory as never, other.offset as never, this.#data.length as never)
        : new make(new ArrayBuffer(from.byteLength));
      bytesOf(data).set(from);
      if (slab) slab.give(piece!);
      else piece!.release();
      this.#holding.piece = other;
      this.#data = data;
      leaseOf.set(data, this);
    }
    this.#standing = "held";
  }

  /** A tell took it: nobody gives it back. */
  spend(): void {
    this.#end("given");
  }

  /** It becomes its receiver's, who has a reference from here on. */
  give(): void {
    this.#holding.piece?.retain();
    this.#end("given");
  }

  #end(standing: "given" | "released"): void {
    this.#standing = standing;
    this.#holding.giveBack();
    settled(this.#holding);
  }

  #misused(what: string): HoldfastError {
    const { what: tensor } = this.#holding;
    const given = "after it was given away: a tell and a handler's result keep what they are sent, so take a new one";
    const why = {
      held: "",
      lent: "while an ask has it: await the ask first, then it is yours again",
      told: given,
      given,
      released: "after it was released: take a new one",
    }[this.#standing];
    const standing = this.#standing === "told" ? "given" : this.#standing;
    return new HoldfastError("TensorMisused", `${tensor}: ${what} ${why}`, { details: { standing } });
  }
}

function allocated(bytes: number, shape: readonly number[]): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch (cause) {
    const text = `tensor() got the shape [${shape.join(", ")}]: there is no room for its ${bytes} bytes`;
    throw new HoldfastError("InvalidValue", text, { cause });
  }
}

/**
 * A lease over new memory.
 * @param slab undefined, or full: ordinary memory, which is copied when it is sent
 * @throws HoldfastError InvalidValue for a dtype or shape that is none
 */
export function newLease(slab: Slab | undefined, dtype: Dtype, shape: readonly number[]): Lease {
  if (!isDtype(dtype)) {
    const known = Object.keys(layouts).join(", ");
    throw new HoldfastError("InvalidValue", `tensor() got the dtype ${shown(dtype)}: give one of ${known}`);
  }
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new HoldfastError(
      "InvalidValue",
      `tensor() got the shape ${Array.isArray(shape) ? `[${shape.map(shown).join(",")}]` : shown(shape)}: give a list of whole numbers >= 0`,
    );
  }
  const { make, bytes } = layouts[dtype];
  const length = elementsOf(shape);
  const piece = slab?.take(length * bytes);
  const data = piece
    ? new make(piece.segment.memory as never, piece.offset as never, length as never)
    : new make(allocated(length * bytes, shape));
  return new Lease(dtype, [...shape], data, piece, slab);
}

/** What hands out leases over the memory of a slab. Its own: a stale array can at worst spoil another leased tensor. */
export function tensorsOf(slab: Slab | undefined): MakeTensor {
  return ((dtype, shape) => newLease(slab, dtype, shape)) as MakeTensor;
}

/** A lease that somebody gave to this side, by the array that came for it: one, wherever in its message it stands. */
export function leaseFor(dtype: Dtype, shape: readonly number[], data: TensorData): Lease {
  const same = leaseOf.get(data);
  // Within one thread its giver's is known by that array, too; that one is held no more.
  if (same?.held) return same;
  if (!((data.buffer as ArrayBufferLike) instanceof SharedArrayBuffer)) return new Lease(dtype, shape, data, undefined);
  unguard(data);
  const memory = data.buffer as unknown as SharedArrayBuffer;
  return new Lease(dtype, shape, data, segmentOf(memory).at(data.byteOffset));
}

/** Releases the leases in a value that nobody will get. */
export function releaseAll(value: unknown): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  if (value instanceof Lease) value[Symbol.dispose]();
  else if (Array.isArray(value) || value instanceof Set || value instanceof Map) {
    for (const item of value.values()) releaseAll(item);
  } else if (Object.getPrototypeOf(value) === Object.prototype) {
    for (const item of Object.values(value)) releaseAll(item);
  }
}
