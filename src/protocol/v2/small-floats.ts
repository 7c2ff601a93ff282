/**
 * Numbers in 16 bits, which JavaScript before Float16Array has no array for.
 *
 *   FP16  s eeeee mmmmmmmmmm         BF16  s eeeeeeee mmmmmmm   (the upper half of a float32)
 */
export interface SmallFloat {
  toNumber(bits: number): number;
  /** Rounds to the nearest, and of two as near to the even one, as IEEE 754 does. */
  toBits(value: number): number;
}

const floats = new Float32Array(1);
const words = new Uint32Array(floats.buffer);

/** IEEE 754 binary16. */
export const fp16: SmallFloat = {
  toNumber(bits) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >>> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  },
  toBits(value) {
    const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
    const size = Math.abs(value);
    if (Number.isNaN(size)) return 0x7e00;
    if (size >= 65520) return sign | 0x7c00;
    if (size < 2 ** -14) return sign | nearestEven(size * 2 ** 24);
    const exponent = Math.floor(Math.log2(size));
    // log2 may round up to the next power at its very edge.
    const power = 2 ** exponent > size ? exponent - 1 : exponent;
    // A fraction that rounds up to 1024 carries into the exponent, as the bits are laid out.
    return sign | (((power + 15) << 10) + nearestEven((size / 2 ** power - 1) * 1024));
  },
};

/** bfloat16. */
export const bf16: SmallFloat = {
  toNumber(bits) {
    words[0] = (bits & 0xffff) << 16;
    return floats[0]!;
  },
  toBits(value) {
    if (Number.isNaN(value)) return 0x7fc0;
    floats[0] = value;
    const word = words[0]!;
    const upper = word >>> 16;
    const lower = word & 0xffff;
    const up = lower > 0x8000 || (lower === 0x8000 && (upper & 1) === 1);
    return (upper + (up ? 1 : 0)) & 0xffff;
  },
};

function nearestEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
