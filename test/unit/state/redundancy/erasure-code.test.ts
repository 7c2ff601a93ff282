import { describe, expect, it } from "vitest";
import { seededChance } from "../../../../src/clock.js";
import { combineBytes, vectorCombine } from "../../../../src/state/redundancy/combine.js";
import { erasureCode, MAX_SHARDS } from "../../../../src/state/redundancy/erasure-code.js";
import { inverse, multiply } from "../../../../src/state/redundancy/field.js";
import { inverted, parityRows, through } from "../../../../src/state/redundancy/matrix.js";
import { thrownBy } from "../../thrown-by.js";

/** Schoolbook: shift, add, and reduce by the polynomial bit for bit. */
function slowly(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) if (b & (1 << bit)) product ^= a << bit;
  for (let bit = 14; bit >= 8; bit--) if (product & (1 << bit)) product ^= 0x11d << (bit - 8);
  return product;
}

/** Every choice of `count` of 0 … n - 1. */
function choices(n: number, count: number): number[][] {
  if (count === 0) return [[]];
  return Array.from({ length: n }, (_, last) => choices(last, count - 1).map((rest) => [...rest, last])).flat();
}

function randomBytes(length: number, chance: () => number): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(chance() * 256));
}

describe("the field", () => {
  it("multiplies as polynomials do", () => {
    for (let a = 0; a < 256; a++) for (let b = 0; b < 256; b++) expect(multiply(a, b)).toBe(slowly(a, b));
  });

  it("has an inverse of everything but 0", () => {
    for (let a = 1; a < 256; a++) expect(multiply(a, inverse(a))).toBe(1);
    expect(() => inverse(0)).toThrow(RangeError);
  });
});

describe("the matrix", () => {
  it("can be inverted in every square part, for all codes of up to 12 shards", () => {
    let parts = 0;
    for (let data = 1; data <= 11; data++) {
      for (let parity = 1; data + parity <= 12; parity++) {
        const rows = parityRows(data, parity);
        expect([...rows[0]!]).toEqual(Array(data).fill(1));
        for (let size = 1; size <= Math.min(data, parity); size++) {
          for (const chosen of choices(parity, size)) {
            for (const columns of choices(data, size)) {
              const part = chosen.map((row) => Uint8Array.from(columns, (column) => rows[row]![column]!));
              if (!inverted(part)) expect.fail(`${data} + ${parity}: rows ${chosen}, columns ${columns}`);
              parts++;
            }
          }
        }
      }
    }
    expect(parts).toBeGreaterThan(3000);
  });

  it("times its inverse is the identity", () => {
    const matrix = parityRows(7, 7);
    const back = inverted(matrix)!;
    matrix.forEach((row, i) => {
      expect([...through(row, back)]).toEqual(Array.from({ length: 7 }, (_, j) => (i === j ? 1 : 0)));
    });
    expect(inverted([Uint8Array.of(2, 4), Uint8Array.of(1, 2)])).toBeUndefined();
  });
});

describe("the code", () => {
  it("gives everything back after every loss that it promises to bear, for all codes of up to 8 shards", () => {
    const chance = seededChance(1);
    for (let data = 1; data <= 7; data++) {
      for (let parity = 1; data + parity <= 8; parity++) {
        const code = erasureCode(data, parity);
        const pieces = Array.from({ length: data }, () => randomBytes(37, chance));
        const more = Array.from({ length: parity }, () => new Uint8Array(37));
        code.encode(pieces, more);
        const all = [...pieces, ...more];
        for (let lost = 1; lost <= parity; lost++) {
          for (const gone of choices(data + parity, lost)) {
            const left = all.map((piece, i) => (gone.includes(i) ? undefined : piece));
            expect(code.reconstruct(left, gone)).toEqual(gone.map((i) => all[i]));
          }
        }
      }
    }
  });

  it("is the XOR where there is one parity piece", () => {
    const pieces = [Uint8Array.of(1, 255), Uint8Array.of(2, 15), Uint8Array.of(7, 0)];
    const parity = new Uint8Array(2);
    erasureCode(3, 1).encode(pieces, [parity]);
    expect([...parity]).toEqual([1 ^ 2 ^ 7, 255 ^ 15]);
  });

  it("says so when too much is lost, and makes nothing up", () => {
    const code = erasureCode(2, 1);
    const error = thrownBy(() => code.reconstruct([Uint8Array.of(1), undefined, undefined], [1]));
    expect(error).toMatchObject({ code: "StoreDamaged", details: { left: 1, needed: 2 } });
  });

  it("gives the same bytes in vectors as one by one, at every length around a vector and a chunk", () => {
    const vectors = vectorCombine(5);
    expect(vectors, "this Node has no vectors").toBeDefined();
    const chance = seededChance(7);
    for (const length of [0, 1, 15, 16, 17, 31, 33, 1000, 16_383, 16_384, 16_385, 40_001]) {
      const sources = Array.from({ length: 5 }, () => randomBytes(length, chance));
      const rows = Array.from({ length: 3 }, () => randomBytes(5, chance));
      const plain = rows.map(() => new Uint8Array(length).fill(9));
      const quick = rows.map(() => new Uint8Array(length).fill(3));
      combineBytes(rows, sources, plain);
      vectors!(rows, sources, quick);
      for (let row = 0; row < 3; row++) expect(Buffer.compare(quick[row]!, plain[row]!)).toBe(0);
    }
  });

  it("knows every coefficient in vectors", () => {
    const vectors = vectorCombine(1)!;
    const source = Uint8Array.from({ length: 256 }, (_, i) => i);
    for (let coefficient = 0; coefficient < 256; coefficient++) {
      const target = new Uint8Array(256);
      vectors([Uint8Array.of(coefficient)], [source], [target]);
      expect([...target]).toEqual([...source].map((byte) => slowly(coefficient, byte)));
    }
  });

  it.each([
    [0, 1],
    [1.5, 1],
    [2, -1],
    [MAX_SHARDS, 1],
  ])("refuses %d + %d pieces", (data, parity) => {
    expect(thrownBy(() => erasureCode(data, parity))).toMatchObject({ code: "InvalidSpec" });
  });
});
