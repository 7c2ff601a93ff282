import { badFrame, FrameBudget, type FrameLimits, frameLimits } from "./limits.js";

/**
 * Walks the bytes of a frame before anything is built from them: a decoder that meets hostile bytes first allocates,
 * recurses, runs extension code and renames keys. What passes here is plain msgpack: nil, booleans, numbers, strings,
 * bin, arrays, and maps whose keys are strings other than `__proto__`.
 *
 *   bytes ─▶ guard (this file: lengths, depth, count, extensions, keys) ─▶ msgpackr ─▶ validate ─▶ frame
 *
 * @throws HoldfastError BadFrame, saying at which byte
 */
export function guardMsgpack(bytes: Uint8Array, limits: FrameLimits): void {
  try {
    scan.begin(bytes, limits);
    scan.value(1);
    if (scan.at !== bytes.length) throw badFrame(`${bytes.length - scan.at} bytes follow the frame's end`);
  } finally {
    // The last frame is not kept from being collected.
    scan.begin(nothing, limits);
  }
}

const PROTO = [..."__proto__"].map((letter) => letter.charCodeAt(0));

/** What a head byte announces: so many bytes, values or pairs; `width` bytes of length come first where it is set. */
interface Form {
  readonly kind: "bytes" | "array" | "map" | "refused";
  readonly count: number;
  readonly width: 0 | 1 | 2 | 4;
}

const forms: readonly Form[] = Array.from({ length: 256 }, (_, head) => formOf(head));

function formOf(head: number): Form {
  const fixed = (kind: Form["kind"], count: number): Form => ({ kind, count, width: 0 });
  const sized = (kind: Form["kind"], step: number): Form => ({ kind, count: 0, width: ([1, 2, 4] as const)[step]! });
  if (head < 0x80 || head >= 0xe0) return fixed("bytes", 0); // small integers
  if (head < 0x90) return fixed("map", head & 0x0f);
  if (head < 0xa0) return fixed("array", head & 0x0f);
  if (head < 0xc0) return fixed("bytes", head & 0x1f); // short text
  if (head === 0xc0 || head === 0xc2 || head === 0xc3) return fixed("bytes", 0); // nil, false, true
  if (head >= 0xc4 && head <= 0xc6) return sized("bytes", head - 0xc4); // bin
  if (head === 0xca || head === 0xcb) return fixed("bytes", head === 0xca ? 4 : 8); // floats
  if (head >= 0xcc && head <= 0xd3) return fixed("bytes", 2 ** ((head - 0xcc) % 4)); // integers
  if (head >= 0xd9 && head <= 0xdb) return sized("bytes", head - 0xd9); // text
  if (head === 0xdc || head === 0xdd) return sized("array", head - 0xdb);
  if (head === 0xde || head === 0xdf) return sized("map", head - 0xdd);
  return fixed("refused", 0); // 0xc1 and every extension
}

const isText = (head: number) => (head >= 0xa0 && head < 0xc0) || (head >= 0xd9 && head <= 0xdb);

const NEVER_USED = "is 0xc1, which msgpack never uses: these bytes are no msgpack, or out of step";
const EXTENSION = "begins an extension type, which is not part of plain msgpack";

const nothing = new Uint8Array();

class Scan {
  at = 0;
  #bytes: Uint8Array = nothing;
  #budget = new FrameBudget(frameLimits);

  begin(bytes: Uint8Array, limits: FrameLimits): void {
    this.at = 0;
    this.#bytes = bytes;
    this.#budget.begin(limits);
  }

  value(depth: number): void {
    this.#budget.spend(1);
    const form = forms[this.#head()]!;
    const count = form.width ? this.#length(form.width) : form.count;
    switch (form.kind) {
      case "bytes":
        this.#skip(count);
        break;
      case "array":
        this.#array(count, depth);
        break;
      case "map":
        this.#map(count, depth);
        break;
      case "refused":
        throw badFrame(`byte ${this.at - 1} ${this.#bytes[this.at - 1] === 0xc1 ? NEVER_USED : EXTENSION}`);
    }
  }

  #array(count: number, depth: number): void {
    this.#budget.enter(depth);
    this.#expect(count);
    for (let index = 0; index < count; index++) this.value(depth + 1);
  }

  #map(count: number, depth: number): void {
    this.#budget.enter(depth);
    this.#expect(count * 2);
    for (let index = 0; index < count; index++) {
      this.#key();
      this.value(depth + 1);
    }
  }

  #key(): void {
    this.#budget.spend(1);
    const start = this.at;
    const head = this.#head();
    if (!isText(head)) throw badFrame(`the map key at byte ${start} is not a string`);
    const form = forms[head]!;
    const length = form.width ? this.#length(form.width) : form.count;
    const from = this.at;
    this.#skip(length);
    if (length === PROTO.length && PROTO.every((letter, index) => this.#bytes[from + index] === letter)) {
      throw badFrame(`a map has the key "__proto__" at byte ${start}: rename it`);
    }
  }

  #head(): number {
    const head = this.#bytes[this.at];
    if (head === undefined) throw badFrame(`the frame ends at byte ${this.at}, in the middle of a value`);
    this.at += 1;
    return head;
  }

  #length(width: 1 | 2 | 4): number {
    const from = this.at;
    this.#skip(width);
    let length = 0;
    for (let at = from; at < this.at; at++) length = length * 256 + this.#bytes[at]!;
    return length;
  }

  #skip(count: number): void {
    this.#expect(count);
    this.at += count;
  }

  /** Every element takes at least one byte, so a length beyond the rest is a lie, and no loop runs on a lie. */
  #expect(count: number): void {
    const left = this.#bytes.length - this.at;
    if (count > left) throw badFrame(`byte ${this.at} promises ${count} more bytes or values, the frame has ${left}`);
  }
}

/** One for all frames: nothing of a scan outlives it, and one for each would cost as much as the scan of a small frame. */
const scan = new Scan();
