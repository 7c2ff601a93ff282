import type { Clock, Timer } from "../clock.js";
import { SLAB_IDLE, SLAB_SEGMENT_BYTES } from "../defaults.js";
import { milliseconds } from "../duration.js";
import { SlabBook, type Slot } from "./slab-book.js";
import { makeSegment, type Piece, type Segment } from "./slab-memory.js";

/**
 * Shared memory for large arrays, in slots. Its owner takes a slot, fills it, sends references to it, and gives it up; it is
 * free when every reference is back, which its owner sees when it next wants one, without a message.
 *
 *   owner    take ─▶ fill ─▶ retain, send ─▶ give ········▶ free (found at the next take, or by the timer)
 *   others                      └────────────▶ read ─▶ release ─┘
 */
export class Slab {
  /** The most it holds. */
  readonly bytes: number;
  /** Times that it had no room: those arrays went another way. */
  full = 0;
  readonly #clock: Clock;
  readonly #book: SlabBook;
  readonly #segments = new Map<number, Segment>();
  /** Taken and not given up. */
  readonly #slots = new Map<Piece, Slot>();
  /** Given up, with references that are still out. */
  readonly #waiting = new Map<Piece, { slot: Slot; by: object | undefined }>();
  #timer: Timer | undefined;

  /** @param bytes the most it holds; beyond that `take` gives nothing, and arrays are copied by their messages */
  constructor(clock: Clock, bytes: number) {
    this.bytes = bytes;
    this.#clock = clock;
    this.#book = new SlabBook(
      { bytes, segmentBytes: SLAB_SEGMENT_BYTES },
      {
        open: (id, slots, slotBytes) => this.#segments.set(id, makeSegment(slots, slotBytes)),
        close: (id) => {
          this.#segments.get(id)!.close();
          this.#segments.delete(id);
        },
      },
    );
  }

  /** Bytes of memory it holds, used or not. */
  get held(): number {
    return this.#book.held;
  }

  /** Slots that are not free; those whose references came back are counted as free. */
  get used(): number {
    this.#sweep();
    return this.#book.used;
  }

  /** A slot for so many bytes, its content as it was left; undefined when the slab is full. */
  take(bytes: number): Piece | undefined {
    if (this.#waiting.size > 0) this.#sweep();
    const slot = this.#book.take(bytes);
    if (!slot) {
      this.full++;
      return undefined;
    }
    const piece = this.#segments.get(slot.segment)!.piece(slot.index);
    this.#slots.set(piece, slot);
    return piece;
  }

  /**
   * Its owner is done with it: it is free as soon as no reference is out.
   * @param holder with whom they all are, where it may end without giving them back
   * @throws Error for one that was given already
   */
  give(piece: Piece, holder?: object): void {
    const slot = this.#slots.get(piece);
    if (!slot) throw new Error("this slot was given up already");
    this.#slots.delete(piece);
    if (piece.count > 0) this.#waiting.set(piece, { slot, by: holder });
    else this.#book.free(slot, this.#clock.now());
    this.#arm();
  }

  /** Whom these references were with has ended: they are back. */
  forget(holder: object): void {
    for (const [piece, { by }] of this.#waiting) if (by === holder) piece.forget();
  }

  #sweep(): void {
    for (const [piece, { slot }] of this.#waiting) {
      if (piece.count > 0) continue;
      this.#waiting.delete(piece);
      this.#book.free(slot, this.#clock.now());
    }
  }

  /** A burst must not hold its memory for ever. Runs only while there is something to let go. */
  #arm(): void {
    if (this.#timer) return;
    const idleMs = milliseconds(SLAB_IDLE, "idle");
    const look = () => {
      this.#timer = undefined;
      this.#sweep();
      const left = this.#book.closeIdle(this.#clock.now() - idleMs);
      if (left || this.#waiting.size > 0) this.#arm();
    };
    this.#timer = this.#clock.after(idleMs, look, { background: true });
  }

  /** The system has ended: nothing is looked for any more. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
