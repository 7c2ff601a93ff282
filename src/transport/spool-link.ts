import { SPOOL_FROM_BYTES } from "../defaults.js";
import { bytesOf, kindOf, viewOf } from "./array-kinds.js";
import type { ToHost, ToParent } from "./frames.js";
import { keepFreed } from "./keep-freed.js";
import { mapPacked } from "./packed-frames.js";
import type { Spooled, SpoolReader, SpoolWriter } from "./spool.js";
import { replaceIn } from "./walk.js";

/*
 * Large arrays between two processes: their bytes go through a file in memory, their place in it through the channel, which
 * would copy them four times and more.
 */

const SPOOL = "\u0000holdfast spool";

interface Place extends Spooled {
  readonly [SPOOL]: true;
  readonly bytes: number;
  /** Of a typed array; -1 for an ArrayBuffer. */
  readonly kind: number;
}

/** One end's arrays, in both directions. */
export class SpooledArrays {
  readonly #out: SpoolWriter;
  readonly #in: SpoolReader;

  constructor(out: SpoolWriter, into: SpoolReader) {
    this.#out = out;
    this.#in = into;
  }

  /** A frame as it crosses. */
  pack<Frame extends ToHost | ToParent>(frame: Frame): Frame {
    return mapPacked(frame, (packed) => {
      if (packed.special === false) return packed;
      const seen = new Map<object, unknown>();
      const value = replaceIn(packed.value, (found) => {
        if (!ArrayBuffer.isView(found) && !(found instanceof ArrayBuffer)) return undefined;
        // What was one array in the message is one for its receiver.
        let place = seen.get(found);
        if (place === undefined) {
          place = this.#place(found);
          seen.set(found, place);
        }
        return place;
      });
      return value === packed.value ? packed : { value, special: packed.special };
    });
  }

  /** A frame as it was sent. */
  unpack<Frame extends ToHost | ToParent>(frame: Frame): Frame {
    return mapPacked(frame, (packed) => {
      if (packed.special === false) return packed;
      const arrays = new Map<number, unknown>();
      const value = replaceIn(packed.value, (found) => {
        if (!(SPOOL in found)) return undefined;
        const place = found as Place;
        if (!arrays.has(place.number)) arrays.set(place.number, this.#array(place));
        return arrays.get(place.number);
      });
      return value === packed.value ? packed : { value, special: packed.special };
    });
  }

  /** What was put for a frame that was not sent is free with what is read next. */
  unsend(): void {}

  close(): void {
    this.#out.close();
  }

  #place(array: ArrayBufferView | ArrayBuffer): unknown {
    const view = ArrayBuffer.isView(array);
    const kind = view ? kindOf(array) : -1;
    const bytes = array.byteLength;
    if (kind === undefined || bytes < SPOOL_FROM_BYTES) return array;
    const put = this.#out.put(view ? bytesOf(array) : new Uint8Array(array));
    return put ? ({ [SPOOL]: true, ...put, bytes, kind } satisfies Place) : array;
  }

  #array(place: Place): ArrayBufferView | ArrayBuffer {
    keepFreed();
    const own = Buffer.allocUnsafeSlow(place.bytes);
    this.#in.take(place, own);
    return place.kind < 0 ? own.buffer : viewOf(place.kind, own.buffer, 0, place.bytes);
  }
}
