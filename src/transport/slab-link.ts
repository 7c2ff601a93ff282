import type { Clock } from "../clock.js";
import { SLAB_FROM_BYTES, SLAB_IDLE } from "../defaults.js";
import { milliseconds } from "../duration.js";
import { bytesOf, kindOf, ownCopyOf, viewOf } from "./array-kinds.js";
import type { Packed, ToHost, ToParent } from "./frames.js";
import { guard } from "./holding.js";
import { isOrdinary, mapPacked } from "./packed-frames.js";
import type { Slab } from "./slab.js";
import { type Piece, segmentOf } from "./slab-memory.js";
import { replaceIn } from "./walk.js";

/*
 * Large arrays between two threads: their bytes go through a slab, their place in it through the frame.
 *
 *   sender                                                   receiver
 *     array ─▶ a slot: copied in ─▶ { slab 3, at 4160 } ──▶ copied out into memory of its own ─▶ reference released
 *     array in the slab already ──▶ { slab 3, at 4160 } ──▶ a view of the same memory, in place
 *
 * The first frame that names a segment brings its memory along, which only structured clone can carry.
 */

const SLAB = "\u0000holdfast slab";

/** Where the bytes of an array are. */
interface Place {
  /** The segment's number on this link. */
  readonly [SLAB]: number;
  readonly memory: SharedArrayBuffer | undefined;
  readonly at: number;
  readonly bytes: number;
  /** Of a typed array; -1 for an ArrayBuffer. */
  readonly kind: number;
  /** The receiver makes a copy of its own. */
  readonly copy: boolean;
}

/** The sending side of one direction. */
export class Outgoing {
  readonly #slab: Slab | undefined;
  readonly #lends: boolean;
  readonly #told = new Map<SharedArrayBuffer, number>();
  #last = 0;
  /** The frame packed last brings memory along: it must be cloned, no codec can carry it. */
  bringsMemory = false;
  /** In the frame packed last: what the receiver uses in place, each with a reference more. */
  lent: Piece[] = [];

  /**
   * @param slab where arrays are copied to; undefined: they stay in their frames
   * @param lends count a reference for what is in place
   */
  constructor(slab: Slab | undefined, lends: boolean) {
    this.#slab = slab;
    this.#lends = lends;
  }

  pack<Frame extends ToHost | ToParent>(frame: Frame): Frame {
    this.bringsMemory = false;
    if (this.lent.length > 0) this.lent = [];
    if (isOrdinary(frame)) return frame;
    const inPlace = this.#lends && frame.t === "call";
    return mapPacked(frame, (packed) => (packed.special === false ? packed : this.#packed(packed, inPlace)));
  }

  #packed(packed: Packed, inPlace: boolean): Packed {
    const seen = new Map<object, unknown>();
    const value = replaceIn(packed.value, (found) => {
      if (!ArrayBuffer.isView(found) && !(found instanceof ArrayBuffer)) return undefined;
      // What was one array in the message is one for its receiver.
      let place = seen.get(found);
      if (place === undefined) {
        place = this.#place(found, inPlace);
        seen.set(found, place);
      }
      return place;
    });
    return value === packed.value ? packed : { value, special: packed.special };
  }

  #place(array: ArrayBufferView | ArrayBuffer, inPlace: boolean): unknown {
    const view = ArrayBuffer.isView(array);
    const kind = view ? kindOf(array) : -1;
    if (kind === undefined) return array;
    const bytes = array.byteLength;
    if (view && array.buffer instanceof SharedArrayBuffer) {
      const piece = segmentOf(array.buffer).at(array.byteOffset);
      if (this.#lends) this.#lend(piece);
      return this.#named(piece, array.byteOffset, bytes, kind, false);
    }
    const piece = bytes < SLAB_FROM_BYTES ? undefined : this.#slab?.take(bytes);
    if (!piece) return array;
    bytesOf(new Uint8Array(piece.segment.memory, piece.offset, bytes)).set(
      view ? bytesOf(array) : new Uint8Array(array),
    );
    const lend = inPlace && view;
    if (lend) this.#lend(piece);
    else piece.retain();
    this.#slab!.give(piece, lend ? undefined : this);
    return this.#named(piece, piece.offset, bytes, kind, !lend);
  }

  #lend(piece: Piece): void {
    piece.retain();
    this.lent.push(piece);
  }

  #named({ segment: { memory } }: Piece, at: number, bytes: number, kind: number, copy: boolean): Place {
    const known = this.#told.get(memory);
    if (known !== undefined) return { [SLAB]: known, memory: undefined, at, bytes, kind, copy };
    for (const old of this.#told.keys()) if (segmentOf(old).closed) this.#told.delete(old);
    this.#told.set(memory, ++this.#last);
    this.bringsMemory = true;
    return { [SLAB]: this.#last, memory, at, bytes, kind, copy };
  }

  /** The frame could not be sent: nobody copies out, and nobody was told of memory that it brought along. */
  unsend(frame: ToHost | ToParent): void {
    mapPacked(frame, (packed) => {
      replaceIn(packed.value, (found) => {
        if (!(SLAB in found)) return undefined;
        const place = found as Place;
        const memory = [...this.#told].find(([, id]) => id === place[SLAB])![0];
        if (place.copy || !this.#lends) segmentOf(memory).at(place.at).release();
        if (place.memory) this.#told.delete(memory);
        return found;
      });
      return packed;
    });
  }

  /** The receiver has really gone: what it had not copied out yet is free. */
  end(): void {
    this.#slab?.forget(this);
  }
}

/** What lies in a segment, of arguments that do not leave their thread: each with a reference more, as `lent`. */
export function lendInPlace({ args }: Extract<ToHost, { t: "call" }>): Piece[] {
  const pieces: Piece[] = [];
  replaceIn(args.value, (found) => {
    if (!ArrayBuffer.isView(found)) return undefined;
    if (found.buffer instanceof SharedArrayBuffer) pieces.push(segmentOf(found.buffer).at(found.byteOffset));
    return found;
  });
  for (const piece of pieces) piece.retain();
  return pieces;
}

/** Tensors that a handler of this very thread gave away: they go back also when nobody takes them out of their frame. */
export function guardInPlace(frame: ToParent): void {
  const packed =
    frame.t === "part" ? frame.value : frame.t === "done" && frame.outcome.ok ? frame.outcome.value : undefined;
  if (packed?.special !== true) return;
  const guarded = new Set<ArrayBufferView>();
  replaceIn(packed.value, (found) => {
    if (!ArrayBuffer.isView(found)) return undefined;
    if (found.buffer instanceof SharedArrayBuffer && !guarded.has(found)) {
      guarded.add(found);
      guard(found, segmentOf(found.buffer).at(found.byteOffset));
    }
    return found;
  });
}

/** The receiving side of one direction. */
export class Incoming {
  readonly #clock: Clock;
  readonly #known = new Map<number, SharedArrayBuffer>();
  readonly #given: boolean;
  #looks = false;

  /** @param given each array in place comes with a reference that is this side's to give back */
  constructor(clock: Clock, given: boolean) {
    this.#clock = clock;
    this.#given = given;
  }

  unpack<Frame extends ToHost | ToParent>(frame: Frame): Frame {
    if (isOrdinary(frame)) return frame;
    return mapPacked(frame, (packed) => (packed.special === false ? packed : this.#unpacked(packed)));
  }

  #unpacked(packed: Packed): Packed {
    const arrays = new Map<string, ArrayBufferView | ArrayBuffer>();
    const value = replaceIn(packed.value, (found) => {
      if (!(SLAB in found)) return undefined;
      const place = found as Place;
      const name = `${place[SLAB]} ${place.at}`;
      let array = arrays.get(name);
      if (!array) {
        array = this.#array(place);
        arrays.set(name, array);
      }
      return array;
    });
    return value === packed.value ? packed : { value, special: packed.special };
  }

  #array({ [SLAB]: id, memory: brought, at, bytes, kind, copy }: Place): ArrayBufferView | ArrayBuffer {
    if (brought) {
      this.#known.set(id, brought);
      this.#look();
    }
    const memory = this.#known.get(id)!;
    if (!copy) {
      const view = viewOf(kind, memory, at, bytes);
      if (this.#given) guard(view, segmentOf(memory).at(at));
      return view;
    }
    const own = kind < 0 ? (ownCopyOf(1, memory, at, bytes).buffer as ArrayBuffer) : ownCopyOf(kind, memory, at, bytes);
    segmentOf(memory).at(at).release();
    return own;
  }

  /** The sender has ended, and its slabs with it: whoever else was told of their memory shall let it go. */
  end(): void {
    for (const memory of this.#known.values()) segmentOf(memory).close();
  }

  /** What its owner has let go must not be held here. */
  #look(): void {
    if (this.#looks) return;
    this.#looks = true;
    const look = () => {
      this.#looks = false;
      for (const [id, memory] of this.#known) if (segmentOf(memory).closed) this.#known.delete(id);
      if (this.#known.size > 0) this.#look();
    };
    this.#clock.after(milliseconds(SLAB_IDLE, "idle"), look, { background: true });
  }
}
