import { inverse, multiply } from "./field.js";

/** Rows of coefficients. */
export type Matrix = readonly Uint8Array[];

/**
 * The coefficients of `parity` rows over `data` columns: Cauchy's matrix 1 / (x + y), each column scaled so that the first
 * row is all ones. Every square part of it can be inverted, so any `data` of the `data + parity` shards give the rest back;
 * rows of plain powers (Vandermonde) do not have that property once there are three or more. The first row being ones,
 * one parity shard is the XOR of the data, as in RAID 5. Source: Blömer et al., "An XOR-based erasure-resilient coding scheme".
 */
export function parityRows(data: number, parity: number): Matrix {
  const cauchy = (row: number, column: number) => inverse((parity + column) ^ row);
  return Array.from({ length: parity }, (_, row) =>
    Uint8Array.from({ length: data }, (_, column) => multiply(cauchy(row, column), inverse(cauchy(0, column)))),
  );
}

/** The inverse by Gauss and Jordan; undefined where there is none. */
export function inverted(matrix: Matrix): Matrix | undefined {
  const size = matrix.length;
  // Each row beside the same row of the identity; what turns the left into the identity turns the right into the inverse.
  const rows = matrix.map((row, i) => {
    const wide = new Uint8Array(2 * size);
    wide.set(row);
    wide[size + i] = 1;
    return wide;
  });
  for (let column = 0; column < size; column++) {
    const pivot = rows.findIndex((row, i) => i >= column && row[column] !== 0);
    if (pivot === -1) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const row = rows[column]!;
    const scale = inverse(row[column]!);
    for (let i = 0; i < row.length; i++) row[i] = multiply(row[i]!, scale);
    for (const other of rows) {
      const factor = other[column]!;
      if (other === row || factor === 0) continue;
      for (let i = 0; i < row.length; i++) other[i] = other[i]! ^ multiply(row[i]!, factor);
    }
  }
  return rows.map((row) => row.slice(size));
}

/** One row of coefficients through a matrix. */
export function through(row: Uint8Array, matrix: Matrix): Uint8Array {
  const result = new Uint8Array(matrix[0]!.length);
  row.forEach((factor, i) => {
    for (let j = 0; j < result.length; j++) result[j] = result[j]! ^ multiply(factor, matrix[i]![j]!);
  });
  return result;
}
