/** A place for one array: `index` of its segment, in which all slots are alike. */
export interface Slot {
  readonly segment: number;
  readonly index: number;
  /** Bytes it has room for. */
  readonly bytes: number;
}

/** What the book opens and closes: memory, where there is any. */
export interface Shelves {
  open(segment: number, slots: number, slotBytes: number): void;
  close(segment: number): void;
}

export interface BookLimits {
  /** Bytes of all segments together. */
  readonly bytes: number;
  /** Bytes of one segment; a slot that is larger has a segment of its own. */
  readonly segmentBytes: number;
}

interface Segment {
  readonly id: number;
  readonly slotBytes: number;
  readonly slots: number;
  /** The last one given back is the first taken: its memory is still in the processor's cache. */
  readonly free: number[];
  readonly taken: Uint8Array;
  /** Since when every slot is free; undefined while one is taken. */
  idleSince: number | undefined;
}

const SMALLEST_SLOT = 4096;

/** The smallest slot that holds so many bytes: 4, 5, 6 or 7 times a power of two, so that at most a fifth is wasted. */
export function slotBytesFor(bytes: number): number {
  let step = SMALLEST_SLOT / 4;
  while (step * 8 <= bytes) step *= 2;
  return Math.max(4, Math.ceil(bytes / step)) * step;
}

/**
 * Which slots are taken: an allocator without memory. A segment holds slots of one size, so nothing is ever split,
 * joined or moved.
 *
 *   take 1 MB ─▶ a free slot of that size? ─▶ room for a segment more? ─▶ a segment of another size is idle: close it
 *                     └─ taken                    └─ open it                   └─ none: undefined, the caller copies
 *   free ─▶ all slots of the segment free ─▶ idle ─▶ closeIdle() closes it
 */
export class SlabBook {
  readonly #limits: BookLimits;
  readonly #shelves: Shelves;
  readonly #segments = new Map<number, Segment>();
  /** Of one size each, in the order they were opened. */
  readonly #bySize = new Map<number, Segment[]>();
  #last = 0;
  /** Bytes of open segments. */
  held = 0;
  /** Slots that are taken. */
  used = 0;

  constructor(limits: BookLimits, shelves: Shelves) {
    this.#limits = limits;
    this.#shelves = shelves;
  }

  /** @returns undefined when it is full */
  take(bytes: number): Slot | undefined {
    const slotBytes = slotBytesFor(bytes);
    let segment = this.#bySize.get(slotBytes)?.find(({ free }) => free.length > 0);
    segment ??= this.#open(slotBytes);
    if (!segment) return undefined;
    const index = segment.free.pop()!;
    segment.taken[index] = 1;
    segment.idleSince = undefined;
    this.used++;
    return { segment: segment.id, index, bytes: slotBytes };
  }

  /**
   * @param now monotonic ms
   * @throws Error for a slot that is free already: two owners of one slot would write into each other's data
   */
  free({ segment: id, index }: Slot, now: number): void {
    const segment = this.#segments.get(id);
    if (segment?.taken[index] !== 1) throw new Error(`slot ${index} of segment ${id} is free already`);
    segment.taken[index] = 0;
    segment.free.push(index);
    this.used--;
    if (segment.free.length === segment.slots) segment.idleSince = now;
  }

  /** Closes segments that nobody has used since `before`. @returns whether idle ones are left */
  closeIdle(before: number): boolean {
    let left = false;
    for (const segment of this.#segments.values()) {
      if (segment.idleSince === undefined) continue;
      if (segment.idleSince <= before) this.#close(segment);
      else left = true;
    }
    return left;
  }

  #open(slotBytes: number): Segment | undefined {
    const slots = Math.max(1, Math.floor(this.#limits.segmentBytes / slotBytes));
    const bytes = slots * slotBytes;
    for (const segment of this.#segments.values()) {
      if (this.held + bytes <= this.#limits.bytes) break;
      if (segment.idleSince !== undefined) this.#close(segment);
    }
    if (this.held + bytes > this.#limits.bytes) return undefined;
    const id = ++this.#last;
    const free = Array.from({ length: slots }, (_, i) => slots - 1 - i);
    const segment = { id, slotBytes, slots, free, taken: new Uint8Array(slots), idleSince: undefined };
    this.#shelves.open(id, slots, slotBytes);
    this.#segments.set(id, segment);
    this.held += bytes;
    const same = this.#bySize.get(slotBytes);
    if (same) same.push(segment);
    else this.#bySize.set(slotBytes, [segment]);
    return segment;
  }

  #close(segment: Segment): void {
    this.#segments.delete(segment.id);
    this.held -= segment.slots * segment.slotBytes;
    const same = this.#bySize.get(segment.slotBytes)!;
    same.splice(same.indexOf(segment), 1);
    if (same.length === 0) this.#bySize.delete(segment.slotBytes);
    this.#shelves.close(segment.id);
  }
}
