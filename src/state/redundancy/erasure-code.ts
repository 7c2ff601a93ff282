import { HoldfastError } from "../../errors.js";
import { type Combine, combineBytes, vectorCombine } from "./combine.js";
import { inverted, type Matrix, parityRows, through } from "./matrix.js";

/** Shards of one object at most, data and parity together: disks of one machine. The field would allow 256. */
export const MAX_SHARDS = 32;

/** Gives `data` equally long pieces `parity` more, so that any `data` of them all give back the rest. */
export interface ErasureCode {
  readonly data: number;
  readonly parity: number;
  /** Fills the parity pieces. */
  encode(data: readonly Uint8Array[], parity: readonly Uint8Array[]): void;
  /**
   * Makes the wanted pieces from those that are there, data first, then parity; undefined is a piece that is not.
   * @throws HoldfastError StoreDamaged where fewer than `data` are there
   */
  reconstruct(pieces: readonly (Uint8Array | undefined)[], wanted: readonly number[]): Uint8Array[];
}

let combine: Combine | undefined;

/**
 * A systematic Reed-Solomon code: the data stay as they are; one parity piece is their XOR.
 * @throws HoldfastError InvalidSpec for numbers of pieces that cannot be
 */
export function erasureCode(data: number, parity: number): ErasureCode {
  if (!Number.isInteger(data) || !Number.isInteger(parity) || data < 1 || parity < 0 || data + parity > MAX_SHARDS) {
    throw new HoldfastError(
      "InvalidSpec",
      `an erasure code of ${data} + ${parity} shards: give whole numbers, 1 or more of data, ${MAX_SHARDS} in all at most`,
    );
  }
  const parityMatrix = parityRows(data, parity);
  const generator: Matrix = [
    ...Array.from({ length: data }, (_, i) => Uint8Array.from({ length: data }, (_, j) => (i === j ? 1 : 0))),
    ...parityMatrix,
  ];
  const run: Combine = (rows, sources, targets) => {
    combine ??= vectorCombine(MAX_SHARDS) ?? combineBytes;
    combine(rows, sources, targets);
  };
  return {
    data,
    parity,
    encode: (pieces, into) => run(parityMatrix, pieces, into),
    reconstruct(pieces, wanted) {
      const there = generator.flatMap((_, i) => (pieces[i] ? [i] : [])).slice(0, data);
      if (there.length < data) {
        throw new HoldfastError(
          "StoreDamaged",
          `${there.length} of ${data + parity} pieces are left, and ${data} are needed: what is lost cannot be made again`,
          { details: { left: there.length, needed: data } },
        );
      }
      // Those that are there, as sums of the data; inverted: the data as sums of those.
      const back = inverted(there.map((i) => generator[i]!));
      if (!back) throw new Error(`no inverse for the shards ${there.join(", ")} of ${data} + ${parity}`);
      const sources = there.map((i) => pieces[i]!);
      const targets = wanted.map(() => new Uint8Array(sources[0]!.length));
      run(
        wanted.map((i) => through(generator[i]!, back)),
        sources,
        targets,
      );
      return targets;
    },
  };
}
