import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isHoldfastError } from "../../../src/errors.js";
import { loadPngDecoder } from "../../../src/serving/models/png.js";
import { chunk, makePng, scanlines } from "./make-png.js";

const decode = await loadPngDecoder();
const line = readFileSync(new URL("../../fixtures/lines/light.png", import.meta.url));
const refused = (message: string) =>
  expect.objectContaining({
    code: "Refused",
    details: { reason: "bad-image" },
    message: expect.stringContaining(message),
  });

/** 5 x 3 pixels, black and white. */
const picture = [
  [1, 0, 1, 1, 0],
  [0, 0, 1, 0, 1],
  [1, 1, 0, 0, 0],
];
const size = { width: 5, height: 3 };
const grey = picture.flat().flatMap((on) => [on * 255, on * 255, on * 255, 255]);
const samples = (each: (on: number) => number[]) => picture.map((row) => row.flatMap(each));

describe("every kind of PNG shows the same picture", () => {
  const palette = [chunk("PLTE", Buffer.of(0, 0, 0, 255, 255, 255))];
  test.each([
    ["grey of 1 bit", 0, 1, (on: number) => [on], []],
    ["grey of 2 bits", 0, 2, (on: number) => [on * 3], []],
    ["grey of 4 bits", 0, 4, (on: number) => [on * 15], []],
    ["grey of 8 bits", 0, 8, (on: number) => [on * 255], []],
    ["grey of 16 bits", 0, 16, (on: number) => [on * 65535], []],
    ["rgb of 8 bits", 2, 8, (on: number) => [on * 255, on * 255, on * 255], []],
    ["rgb of 16 bits", 2, 16, (on: number) => [on * 65535, on * 65535, on * 65535], []],
    ["a palette of 1 bit", 3, 1, (on: number) => [on], palette],
    ["a palette of 2 bits", 3, 2, (on: number) => [on], palette],
    ["a palette of 8 bits", 3, 8, (on: number) => [on], palette],
    ["grey with alpha", 4, 8, (on: number) => [on * 255, 255], []],
    ["grey with alpha of 16 bits", 4, 16, (on: number) => [on * 65535, 65535], []],
    ["rgba", 6, 8, (on: number) => [on * 255, on * 255, on * 255, 255], []],
  ] as const)("%s", (_, colour, depth, each, between) => {
    const lines = scanlines(
      samples((on) => [...each(on)]),
      depth,
    );
    const image = decode(makePng({ ...size, depth, colour, lines, between: [...between] }), 1000);
    expect([image.width, image.height]).toEqual([5, 3]);
    expect([...image.data]).toEqual(grey);
  });

  test("interlaced", () => {
    // Which pixels each of the seven passes holds, of 5 x 3 (PNG specification, 8.2; the second and third hold some too).
    const passes = [
      [[[0, 0]]],
      [[[4, 0]]],
      [],
      [[[2, 0]]],
      [
        [
          [0, 2],
          [2, 2],
          [4, 2],
        ],
      ],
      [
        [
          [1, 0],
          [3, 0],
        ],
        [
          [1, 2],
          [3, 2],
        ],
      ],
      [
        [
          [0, 1],
          [1, 1],
          [2, 1],
          [3, 1],
          [4, 1],
        ],
      ],
    ];
    const rows = passes.flat().map((row) => row.map(([x, y]) => picture[y!]![x!]! * 255));
    const image = decode(makePng({ ...size, depth: 8, colour: 0, interlace: 1, lines: scanlines(rows, 8) }), 1000);
    expect([...image.data]).toEqual(grey);
  });

  test("alpha, from its own channel, a palette, or one see-through colour", () => {
    const alphas = (image: { data: ArrayLike<number> }) => Array.from(image.data).filter((_, i) => i % 4 === 3);
    const expected = picture.flat().map((on) => on * 255);
    const own = scanlines(
      samples((on) => [200, on * 255]),
      8,
    );
    expect(alphas(decode(makePng({ ...size, depth: 8, colour: 4, lines: own }), 1000))).toEqual(expected);
    const between = [chunk("PLTE", Buffer.of(9, 9, 9, 8, 8, 8)), chunk("tRNS", Buffer.of(0, 255))];
    const indexed = scanlines(
      samples((on) => [on]),
      8,
    );
    expect(alphas(decode(makePng({ ...size, depth: 8, colour: 3, lines: indexed, between }), 1000))).toEqual(expected);
    const key = [chunk("tRNS", Buffer.of(0, 7, 0, 7, 0, 7))];
    const keyed = scanlines(
      samples((on) => (on ? [7, 7, 8] : [7, 7, 7])),
      8,
    );
    expect(alphas(decode(makePng({ ...size, depth: 8, colour: 2, lines: keyed, between: key }), 1000))).toEqual(
      expected,
    );
  });
});

describe("a PNG from a stranger is refused", () => {
  const honest = {
    ...size,
    depth: 8,
    colour: 0,
    lines: scanlines(
      samples((on) => [on]),
      8,
    ),
  };

  test.each([
    ["that is no PNG", Buffer.from("GIF89a and so on"), "not a PNG file"],
    ["that is empty", new Uint8Array(0), "the 0 bytes"],
    ["that is only a signature", line.subarray(0, 8), "before its last chunk"],
    ["that was cut off", line.subarray(0, 3000), "claims 4096 bytes"],
    ["without width", makePng({ ...honest, width: 0 }), "0 x 3 pixels"],
    [
      "that is too large",
      makePng({ ...honest, width: 100_000, height: 100_000 }),
      "over the limit of 0.001 megapixels",
    ],
    [
      "with more bits than the limit has bytes",
      makePng({ ...honest, width: 30, height: 30, depth: 16, colour: 6 }),
      "unpacks to 7230",
    ],
    ["whose header promises more than there is", makePng({ ...honest, height: 4 }), "18 bytes, its header promises 24"],
    ["whose header promises less than there is", makePng({ ...honest, height: 2 }), "more than the 12 bytes"],
    ["of a kind that does not exist", makePng({ ...honest, colour: 5 }), "colour type 5 with 8 bits"],
    ["of a depth that does not exist", makePng({ ...honest, depth: 3 }), "with 3 bits"],
    [
      "with a filter that does not exist",
      makePng({ ...honest, lines: honest.lines.map((_, i) => (i === 0 ? 9 : 0)) }),
      "damaged",
    ],
    [
      "with an index outside of its palette",
      makePng({ ...honest, colour: 3, between: [chunk("PLTE", Buffer.of(1, 2, 3))] }),
      "damaged",
    ],
    ["without its palette", makePng({ ...honest, colour: 3 }), "palette"],
    ["without a header", Buffer.concat([line.subarray(0, 8), line.subarray(33)]), "does not begin with its header"],
  ])("%s", (_, bytes, message) => {
    expect(() => decode(bytes, bytes.length > 2000 ? 1e6 : 1000)).toThrow(refused(message));
  });

  test("but not for a palette that it does not need, or a second header", () => {
    const between = [
      chunk("PLTE", Buffer.of(1, 2, 3)),
      chunk("IHDR", Buffer.alloc(13, 1)),
      chunk("tRNS", Buffer.of(0, 9)),
    ];
    const lines = scanlines(
      samples((on) => [on * 255, on * 255, on * 255, 255]),
      8,
    );
    expect([...decode(makePng({ ...size, depth: 8, colour: 6, lines, between }), 1000).data]).toEqual(grey);
  });

  test("that unpacks to 200 MB, without unpacking them", () => {
    const bomb = makePng({ ...honest, lines: new Uint8Array(200e6) });
    expect(bomb.length).toBeLessThan(300_000);
    const before = process.memoryUsage().rss;
    expect(() => decode(bomb, 1000)).toThrow(refused("more than the 18 bytes"));
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  test("while a bomb in a chunk that nobody needs is not even looked at", () => {
    const profile = Buffer.concat([Buffer.from("p\0\0", "latin1"), deflateSync(new Uint8Array(200e6))]);
    const before = process.memoryUsage().rss;
    const image = decode(makePng({ ...honest, between: [chunk("iCCP", profile)] }), 1000);
    expect(image.width).toBe(5);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  test("with whatever bytes changed: an image or a refusal, nothing else", () => {
    let refusals = 0;
    const change = fc.tuple(fc.nat(line.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), fc.boolean(), (changes, mendChecksums) => {
        const bytes = Buffer.from(line);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const { width, height, data } = decode(mendChecksums ? mended(bytes) : bytes, 1e6);
          expect(data).toHaveLength(width * height * 4);
        } catch (error) {
          if (!isHoldfastError(error, "Refused")) throw error;
          refusals++;
        }
      }),
      { numRuns: 500 },
    );
    expect(refusals).toBeGreaterThan(100);
  });
});

/** The same chunks with true checksums, as far as they can be followed: damage that a checksum does not catch. */
function mended(bytes: Buffer): Buffer {
  const parts: Buffer[] = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (at + 12 + length > bytes.length) break;
    parts.push(chunk(bytes.toString("latin1", at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length)));
    at += 12 + length;
  }
  return Buffer.concat(parts);
}
