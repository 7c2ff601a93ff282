import { type Chance, seededChance } from "../../src/clock.js";
import { GrowingBytes } from "./growing-bytes.js";

type Range = readonly [from: number, to: number];

type Write =
  | { readonly kind: "append"; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly size: number }
  | { readonly kind: "sync-failed" }
  | { readonly kind: "open" };

/** What a power cut leaves of the writes to one file since its last sync. */
export type Left =
  | { readonly kind: "nothing" }
  | { readonly kind: "everything" }
  /** The first half of the writes, and half of the next. */
  | { readonly kind: "half" }
  /** All but the end of the last append, of which there are `bytes`. */
  | { readonly kind: "torn"; readonly bytes: number }
  /** The file is as long as it was; what was written is zeros: its length came to the disk, its data did not. */
  | { readonly kind: "zeros" }
  /** The same, with what was in those blocks before. */
  | { readonly kind: "garbage"; readonly seed: number }
  /** All but the first append: the disk wrote the later one first. */
  | { readonly kind: "hole" }
  /** Each block by itself is there, or zeros. */
  | { readonly kind: "blocks"; readonly seed: number };

/** Small beside a record, so that records are torn in every way. */
const BLOCK = 16;

/** What is durable of one file, and what was written since. */
export class FileHistory {
  #durable: Uint8Array;
  /** Of what is durable: what a sync that failed may have lost, for good. */
  #doubtful: Range[] = [];
  #pending: Write[] = [];

  constructor(durable: Uint8Array = new Uint8Array()) {
    this.#durable = durable;
  }

  write(write: Write): void {
    if (write.kind !== "open" || !this.isSure) this.#pending.push(write);
  }

  sync(): void {
    const { bytes, doubtful } = this.#after(this.#pending);
    this.#durable = Uint8Array.from(bytes);
    this.#doubtful = doubtful;
    this.#pending = [];
  }

  /** Nothing is left to chance. */
  get isSure(): boolean {
    return this.#pending.length === 0 && this.#doubtful.length === 0;
  }

  /** Bytes of the last write, where it is an append. */
  get lastAppend(): number {
    const last = this.#pending.at(-1);
    return last?.kind === "append" ? last.bytes.length : 0;
  }

  left(left: Left): Uint8Array {
    if (left.kind === "everything") return Uint8Array.from(this.#after(this.#pending).bytes);
    if (left.kind === "nothing") return blanked(this.#durable, this.#doubtful);
    if (left.kind === "half" || left.kind === "torn") return Uint8Array.from(this.#after(this.#upTo(left)).bytes);
    const { bytes, doubtful, fresh } = this.#after(this.#pending);
    const unsure = [...doubtful, ...fresh];
    if (left.kind === "zeros") return blanked(bytes, unsure);
    if (left.kind === "hole") return blanked(bytes, unsure.slice(0, 1));
    const chance = seededChance(left.seed);
    if (left.kind === "garbage") return blanked(bytes, unsure, () => Math.floor(chance() * 256));
    return blanked(bytes, blocksOf(unsure, chance));
  }

  #upTo(left: { kind: "half" } | { kind: "torn"; bytes: number }): Write[] {
    const count = left.kind === "torn" ? this.#pending.length : Math.ceil(this.#pending.length / 2);
    const last = this.#pending[count - 1];
    if (last?.kind !== "append") return this.#pending.slice(0, count);
    const bytes = left.kind === "torn" ? left.bytes : Math.floor(last.bytes.length / 2);
    return [...this.#pending.slice(0, count - 1), { kind: "append", bytes: last.bytes.subarray(0, bytes) }];
  }

  /** The file after these writes; `fresh`: what of it no sync was asked for. */
  #after(writes: readonly Write[]): { bytes: Uint8Array; doubtful: Range[]; fresh: Range[] } {
    const bytes = new GrowingBytes(this.#durable);
    let doubtful = this.#doubtful;
    let fresh: Range[] = [];
    for (const write of writes) {
      if (write.kind === "append") {
        fresh.push([bytes.size, bytes.size + write.bytes.length]);
        bytes.append(write.bytes);
      } else if (write.kind === "truncate") {
        bytes.truncate(write.size);
        doubtful = cut(doubtful, write.size);
        fresh = cut(fresh, write.size);
      } else if (write.kind === "sync-failed") {
        doubtful = [...doubtful, ...fresh];
        fresh = [];
      } else {
        fresh = [...doubtful, ...fresh];
        doubtful = [];
      }
    }
    return { bytes: bytes.bytes(), doubtful, fresh };
  }
}

function cut(ranges: readonly Range[], size: number): Range[] {
  return ranges.filter(([from]) => from < size).map(([from, to]) => [from, Math.min(to, size)]);
}

function blocksOf(ranges: readonly Range[], chance: Chance): Range[] {
  const blocks: Range[] = [];
  for (const [from, to] of ranges) {
    for (let at = from; at < to; at += BLOCK) if (chance() < 0.5) blocks.push([at, Math.min(to, at + BLOCK)]);
  }
  return blocks;
}

function blanked(bytes: Uint8Array, ranges: readonly Range[], filler: () => number = () => 0): Uint8Array {
  const result = Uint8Array.from(bytes);
  for (const [from, to] of ranges) for (let at = from; at < to; at++) result[at] = filler();
  return result;
}
