import { productsOf } from "./field.js";
import type { Matrix } from "./matrix.js";
import { PAGE_BYTES, TABLES_BYTES, vectorCode } from "./vector-code.js";

/**
 * Fills each target with the sum of all sources, each times its coefficient in the target's row. All are equally long.
 */
export type Combine = (rows: Matrix, sources: readonly Uint8Array[], targets: readonly Uint8Array[]) => void;

/** Of each shard at once: all that a step touches stays in the processor's nearest caches. */
const CHUNK_BYTES = 16_384;

/** Products of each coefficient that was ever needed. */
const products: (Uint8Array | undefined)[] = [];

/** Byte for byte, in plain JavaScript. */
export const combineBytes: Combine = (rows, sources, targets) => {
  targets.forEach((target, row) => {
    target.fill(0);
    sources.forEach((source, column) => {
      const coefficient = rows[row]![column]!;
      if (coefficient === 0) return;
      products[coefficient] ??= productsOf(coefficient);
      const table = products[coefficient];
      for (let i = 0; i < target.length; i++) target[i] = target[i]! ^ table[source[i]!]!;
    });
  });
};

/** 16 bytes at a time, where the processor can; undefined where not. `most`: sources at once. */
export function vectorCombine(most: number): Combine | undefined {
  const code = vectorCode(Math.ceil((TABLES_BYTES + (most + 1) * CHUNK_BYTES) / PAGE_BYTES));
  if (!code) return undefined;
  const { memory, run } = code;
  const sum = TABLES_BYTES;
  const at = (column: number) => TABLES_BYTES + (column + 1) * CHUNK_BYTES;
  return (rows, sources, targets) => {
    const length = targets[0]?.length ?? 0;
    for (let from = 0; from < length; from += CHUNK_BYTES) {
      const bytes = Math.min(CHUNK_BYTES, length - from);
      // What lies behind the end of a short chunk is worked on too, and never read.
      const padded = (bytes + 15) & ~15;
      sources.forEach((source, column) => {
        memory.set(source.subarray(from, from + bytes), at(column));
      });
      targets.forEach((target, row) => {
        memory.fill(0, sum, sum + padded);
        for (let column = 0; column < sources.length; column++) {
          const coefficient = rows[row]![column]!;
          if (coefficient !== 0) run(sum, at(column), padded, 32 * coefficient);
        }
        target.set(memory.subarray(sum, sum + bytes), from);
      });
    }
  };
}
