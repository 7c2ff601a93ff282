import { describe, expect, test } from "vitest";
import { greedyCtc } from "../../../src/serving/models/ctc.js";
import { findInk } from "../../../src/serving/models/ink.js";
import { lineHeight, lineTensor, lineWidth } from "../../../src/serving/models/line-tensor.js";
import type { Pixels } from "../../../src/serving/models/pixels.js";
import { taps } from "../../../src/serving/models/resample.js";

type Rgba = [number, number, number, number];
const white: Rgba = [255, 255, 255, 255];
const black: Rgba = [0, 0, 0, 255];

function paint(width: number, height: number, colour: (x: number, y: number) => Rgba): Pixels {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 4);
  return { width, height, data };
}

const inside = (x: number, y: number) => x >= 20 && x < 30 && y >= 10 && y < 13;

describe("ink", () => {
  const box = { left: 16, top: 6, width: 18, height: 11 };

  test.each([
    ["dark on light", white, black],
    ["light on dark", black, white],
    ["faint on grey", [200, 200, 200, 255], [180, 180, 180, 255]],
    ["colours of one family", [255, 255, 200, 255], [220, 0, 0, 255]],
    ["black on nothing", [0, 0, 0, 0], black],
    ["white on nothing", [0, 0, 0, 0], white],
  ] as [string, Rgba, Rgba][])("is found with a margin: %s", (_, paper, ink) => {
    const image = paint(100, 40, (x, y) => (inside(x, y) ? ink : paper));
    expect(findInk(image, 4)?.box).toEqual(box);
  });

  test("has as much margin as the image has room for", () => {
    const image = paint(30, 12, (x, y) => (inside(x, y) ? black : white));
    expect(findInk(image, 4)?.box).toEqual({ left: 16, top: 6, width: 14, height: 6 });
  });

  test("is not the noise of the paper", () => {
    const image = paint(100, 40, (x, y) => (inside(x, y) ? black : [240 + ((x * 7 + y * 3) % 16), 250, 250, 255]));
    expect(findInk(image, 4)?.box).toEqual(box);
  });

  test("is nowhere on an empty page, whatever its colour", () => {
    for (const paper of [white, black, [120, 30, 200, 255], [0, 0, 0, 0]] as Rgba[]) {
      expect(
        findInk(
          paint(50, 20, () => paper),
          4,
        ),
      ).toBeUndefined();
    }
    expect(
      findInk(
        paint(1, 1, () => black),
        4,
      ),
    ).toBeUndefined();
  });
});

describe("the line as the model wants it", () => {
  const at = (data: Float32Array, width: number, c: number, x: number, y: number) =>
    data[c * lineHeight * width + y * width + x]!;
  const whole = (image: Pixels, backdrop = 255) => ({
    box: { left: 0, top: 0, width: image.width, height: image.height },
    backdrop,
  });

  test("is blue, green, red planes from -1 to 1", () => {
    const image = paint(10, 10, () => [255, 127.5, 0, 255]);
    const { shape, data } = lineTensor(image, whole(image), 48);
    expect(shape).toEqual([1, 3, 48, 48]);
    expect([0, 1, 2].map((c) => at(data, 48, c, 7, 30))).toEqual([-1, expect.closeTo(0, 1), 1]);
  });

  test("keeps the proportions and fills up on the right with grey", () => {
    const image = paint(10, 20, () => white);
    expect(lineWidth(whole(image))).toBe(24);
    const { data } = lineTensor(image, whole(image), 40);
    expect(at(data, 40, 0, 23, 5)).toBe(1);
    expect(at(data, 40, 0, 24, 5)).toBe(0);
  });

  test("copies pixel for pixel at its own height, from the box alone", () => {
    const image = paint(80, 60, (x, y) => [x * 3, y * 4, 0, 255]);
    const box = { left: 9, top: 7, width: 50, height: 48 };
    const { data } = lineTensor(image, { box, backdrop: 255 }, 50);
    for (const [x, y] of [
      [0, 0],
      [49, 47],
      [13, 30],
    ] as const) {
      expect(at(data, 50, 2, x, y)).toBeCloseTo(((x + 9) * 3) / 127.5 - 1, 5);
      expect(at(data, 50, 1, x, y)).toBeCloseTo(((y + 7) * 4) / 127.5 - 1, 5);
    }
  });

  test("shows what is behind transparent pixels", () => {
    const image = paint(48, 48, () => [255, 0, 0, 51]);
    expect(at(lineTensor(image, whole(image, 255), 48).data, 48, 0, 3, 3)).toBeCloseTo(0.6, 5);
    expect(at(lineTensor(image, whole(image, 0), 48).data, 48, 2, 3, 3)).toBeCloseTo(-0.6, 5);
  });

  test("loses no thin stroke when it shrinks", () => {
    const image = paint(480, 480, (x) => (x % 10 === 0 ? black : white)); // a tenth is ink; every sample must know it
    const { data } = lineTensor(image, whole(image), 48);
    for (let x = 2; x < 46; x++) expect(at(data, 48, 0, x, 20)).toBeCloseTo(0.8, 1);
  });

  test.each([
    [7, 48],
    [48, 48],
    [100, 48],
    [1000, 37],
    [1, 5],
  ])("weighs %i samples for %i evenly", (from, to) => {
    const all = taps(from, to);
    expect(all).toHaveLength(to);
    for (const { first, weights } of all) {
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first + weights.length).toBeLessThanOrEqual(from);
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
      expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
    }
    expect(all[0]!.first).toBe(0);
    expect(all.at(-1)!.first + all.at(-1)!.weights.length).toBe(from);
  });

  test("is bilinear when it grows: halfway between two samples is their mean", () => {
    expect(taps(2, 4).map(({ first, weights }) => [first, ...weights])).toEqual([
      [0, 1],
      [0, 0.75, 0.25],
      [0, 0.25, 0.75],
      [1, 1],
    ]);
  });
});

describe("greedy CTC", () => {
  /** One step per mark; "_" is the blank. */
  const steps = (marks: string, p = 0.8) =>
    Float32Array.from([...marks].flatMap((mark) => [..."_abl"].map((c) => (c === mark ? p : 0.1))));
  const read = (marks: string) => greedyCtc(steps(marks), 4, ["a", "b", "l"]).text;

  test("takes runs once, drops blanks, and keeps doubles that a blank divides", () => {
    expect(read("_aab__")).toBe("ab");
    expect(read("ba_l_l_l")).toBe("balll");
    expect(read("aaaa")).toBe("a");
    expect(read("____")).toBe("");
    expect(read("")).toBe("");
  });

  test("is as sure as its characters are on the mean, and blanks do not count", () => {
    const two = Float32Array.from([...steps("a", 0.5), ...steps("_", 0.99), ...steps("b", 0.9)]);
    expect(greedyCtc(two, 4, ["a", "b", "l"]).confidence).toBeCloseTo(0.7, 6);
    expect(greedyCtc(steps("__"), 4, ["a", "b", "l"]).confidence).toBe(0);
  });
});
