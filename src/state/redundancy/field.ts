/**
 * The field of 256 elements that Reed-Solomon codes count in: bytes as polynomials over bits, modulo
 * x^8 + x^4 + x^3 + x^2 + 1 (0x11d, the one of RAID 6). Adding is XOR, so what is added twice is gone.
 */
const POLYNOMIAL = 0x11d;

/** Powers of x, twice over: a sum of two logarithms needs no modulo. */
const powers = new Uint8Array(510);
const logarithms = new Uint8Array(256);

for (let power = 0, value = 1; power < 255; power++) {
  powers[power] = value;
  powers[power + 255] = value;
  logarithms[value] = power;
  value <<= 1;
  if (value & 0x100) value ^= POLYNOMIAL;
}

export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : powers[logarithms[a]! + logarithms[b]!]!;
}

/** Of everything but 0. */
export function inverse(a: number): number {
  if (a === 0) throw new RangeError("0 has no inverse");
  return powers[255 - logarithms[a]!]!;
}

/** Every byte times the coefficient. */
export function productsOf(coefficient: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => multiply(coefficient, byte));
}
