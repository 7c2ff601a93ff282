import fc from "fast-check";
import { HoldfastError } from "holdfast";

/* Values of the table in docs/values.md, as awkward as they can be. */

/** Lengths at which something else happens to bytes or characters: see src/transport/ and SLAB_FROM_BYTES. */
const BORDERS = [
  12, // of strings made of their codes
  40, // of strings written one by one
  256, // of a length in one byte
  5461, // a third of a frame: texts of three bytes a character
  8192, // half of a frame: texts of two
  16_384, // a frame; where arrays go through the slab
  131_072, // a ring
];
const nearBorder = fc
  .tuple(fc.constantFrom(...BORDERS), fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -200, max: 40 })))
  .map(([border, off]) => Math.max(0, border + off));

/** One byte, two, three and four in UTF-8; half of a pair, which UTF-8 cannot say. */
const unit = fc.constantFrom("a", "é", "ж", "字", "𝄞", "\ud800", "\0");
const longText = fc.tuple(nearBorder, unit, fc.string({ unit: "binary", maxLength: 3 })).map(([length, one, end]) => {
  const kept = Math.max(0, length - end.length);
  return one.repeat(Math.floor(kept / one.length)) + end;
});
const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));

const kinds = [
  ...[Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
];
/** Bytes of any kind and of sizes at the borders, at times a part of something larger. */
const binary = fc
  .tuple(
    fc.constantFrom(...kinds),
    fc.oneof(fc.nat(64), nearBorder),
    fc.nat(255),
    fc.constantFrom("own", "part", "buffer", "view"),
  )
  .map(([kind, bytes, fill, as]) => {
    const size = kind.BYTES_PER_ELEMENT;
    const length = Math.floor(bytes / size);
    const around = as === "part" || as === "view" ? size : 0;
    const memory = new Uint8Array((length + 2) * size).map((_, i) => (i * 7 + fill) % 251);
    const { buffer } = around ? memory : memory.slice(0, length * size);
    if (as === "buffer") return buffer;
    return as === "view" ? new DataView(buffer, around, length * size) : new kind(buffer, around, length);
  });

class OutOfPaper extends Error {
  override name = "OutOfPaper";
  tray = 2;
}
const error = fc
  .tuple(
    fc.constantFrom("Error", "RangeError", "TypeError", "OutOfPaper", "HoldfastError"),
    fc.string({ unit: "binary" }),
    fc.boolean(),
  )
  .map(([name, message, caused]) => {
    const options = caused ? { cause: new SyntaxError("the cause", { cause: new OutOfPaper("its own cause") }) } : {};
    if (name === "HoldfastError") return new HoldfastError("Refused", message, { details: { left: 1, path: "x" } });
    const classes = { Error, RangeError, TypeError, OutOfPaper };
    return new classes[name as keyof typeof classes](message, options);
  });

const leaf = fc.oneof(
  fc.constantFrom(undefined, null, true, false, -0, 0, Number.NaN, Number.POSITIVE_INFINITY, "", 2 ** 53, 5e-324),
  fc.double(),
  fc.integer(),
  text,
  fc.bigInt(),
  fc.constantFrom(2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n, 2n ** 64n, 2n ** 700n),
  fc.date({ noInvalidDate: false }),
  binary,
  error,
);
const key = fc.oneof(
  text.filter((name) => !name.startsWith("\0")),
  fc.constantFrom("__proto__", "constructor", "then", "length", "toString", "1", "-1", "t", "value"),
);

/** @param ref one that messages may hold */
export function anyValue(ref: unknown): fc.Arbitrary<unknown> {
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 6, arbitrary: leaf },
      { weight: 1, arbitrary: longText },
      { weight: 1, arbitrary: fc.constant(ref) },
      { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.sparseArray(tie("value"), { maxLength: 5 }) },
      {
        weight: 2,
        arbitrary: fc
          .array(fc.tuple(key, tie("value")), { maxLength: 4 })
          .map((entries) => Object.fromEntries(entries)),
      },
      { weight: 1, arbitrary: tie("value").map((inner) => Object.assign(Object.create(null), { inner })) },
      { weight: 1, arbitrary: fc.array(fc.tuple(leaf, tie("value")), { maxLength: 3 }).map((all) => new Map(all)) },
      { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)) },
      // The same part at two places.
      { weight: 1, arbitrary: tie("value").map((part) => [part, { again: part }, new Map([["last", part]])]) },
      // Many alike: their shape is remembered.
      { weight: 1, arbitrary: fc.array(fc.record({ id: fc.nat(), name: text }), { minLength: 3, maxLength: 30 }) },
    ),
  }));
  return value;
}
