import { describe, expect, it } from "vitest";
import { inReadingOrder } from "../../../src/serving/models/reading-order.js";
import { cornersOf, type Rectangle } from "../../../src/serving/models/rectangle.js";
import { boxRules, textBoxes } from "../../../src/serving/models/text-boxes.js";
import { textRegions } from "../../../src/serving/models/text-regions.js";

/** A map from a drawing: a digit is that many tenths. */
function mapOf(drawing: string) {
  const rows = drawing
    .trim()
    .split("\n")
    .map((row) => row.trim());
  const map = Float32Array.from(rows.join(""), (sign) => Number(sign === "." ? 0 : sign) / 10);
  return { map, width: rows[0]!.length };
}

/** A map with rectangles in it, each at a probability. */
function painted(width: number, height: number, patches: readonly (Rectangle & { readonly at: number })[]) {
  const map = new Float32Array(width * height);
  for (const { centre, angle, at, ...size } of patches) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [dx, dy] = [x + 0.5 - centre[0], y + 0.5 - centre[1]];
        const along = dx * Math.cos(angle) + dy * Math.sin(angle);
        const down = dy * Math.cos(angle) - dx * Math.sin(angle);
        if (Math.abs(along) <= size.width / 2 && Math.abs(down) <= size.height / 2) map[y * width + x] = at;
      }
    }
  }
  return map;
}

describe("regions", () => {
  it("hold together across corners, and end where the map does", () => {
    const { map, width } = mapOf(`
      9....9
      .9...9
      ..9..9`);
    const regions = [...textRegions(map, width, 0.3)];
    expect(regions).toHaveLength(2);
    expect(new Set(regions[0]!.map(String))).toEqual(new Set(["0.5,0.5", "1.5,1.5", "2.5,2.5"]));
  });

  it("do not join the end of a row with the beginning of the next", () => {
    const { map, width } = mapOf(`
      ...9
      9...`);
    expect([...textRegions(map, width, 0.3)]).toHaveLength(2);
  });

  it("take nothing that is just at the threshold, nor what is no number", () => {
    expect([...textRegions(Float32Array.of(0.5, Number.NaN, 0.75), 3, 0.5)]).toEqual([
      [
        [2.5, 0.5],
        [2.5, 0.5],
      ],
    ]);
  });
});

describe("boxes of text", () => {
  it("go out from their region by area times 1.5 over circumference", () => {
    const map = painted(100, 60, [{ centre: [50, 30], width: 60, height: 10, angle: 0, at: 0.9 }]);
    const [box, ...others] = textBoxes(map, 100);
    expect(others).toEqual([]);
    // The middles of the outermost pixels are 59 by 9 apart.
    const out = (59 * 9 * boxRules.unclip) / (2 * (59 + 9));
    expect(box!.rectangle.centre).toEqual([50, 30]);
    expect(box!.rectangle.width).toBeCloseTo(59 + 2 * out);
    expect(box!.rectangle.height).toBeCloseTo(9 + 2 * out);
    expect(box!.confidence).toBeCloseTo(0.9);
  });

  it("are tilted as the text is", () => {
    const angle = -0.2;
    const map = painted(200, 120, [{ centre: [100, 60], width: 140, height: 16, angle, at: 0.9 }]);
    const [box] = textBoxes(map, 200);
    expect(box!.rectangle.angle).toBeCloseTo(angle, 1);
    expect(box!.rectangle.centre[0]).toBeCloseTo(100, 0);
    expect(box!.rectangle.centre[1]).toBeCloseTo(60, 0);
    expect(box!.confidence).toBeGreaterThan(0.8);
  });

  it("are left out where the region is a speck, or the model is not sure of it", () => {
    const speck = { centre: [10.5, 10.5], width: 3, height: 3, angle: 0, at: 0.9 } as const;
    const unsure = { centre: [50, 30], width: 40, height: 8, angle: 0, at: 0.55 } as const;
    const sure = { centre: [50, 50], width: 40, height: 8, angle: 0, at: 0.65 } as const;
    const found = textBoxes(painted(100, 60, [speck, unsure, sure]), 100);
    expect(found.map(({ rectangle }) => rectangle.centre)).toEqual([[50, 50]]);
  });

  it("of a blank map, and of one that is all text, are none and one", () => {
    expect(textBoxes(new Float32Array(64 * 64), 64)).toEqual([]);
    const all = textBoxes(new Float32Array(64 * 64).fill(1), 64);
    expect(all).toHaveLength(1);
    expect(all[0]!.confidence).toBe(1);
    expect(cornersOf(all[0]!.rectangle)[0][0]).toBeLessThan(0);
  });
});

describe("reading order", () => {
  const box = (x: number, y: number, angle = 0, width = 80) => ({ centre: [x, y] as const, width, height: 20, angle });

  it("goes row by row, each from left to right, though boxes of a row are never quite level", () => {
    const boxes = [box(300, 52), box(100, 48), box(200, 95), box(500, 49), box(100, 104)];
    const order = inReadingOrder(boxes, (one) => one).map(({ centre }) => centre);
    expect(order).toEqual([
      [100, 48],
      [300, 52],
      [500, 49],
      [100, 104],
      [200, 95],
    ]);
  });

  it("follows the rows of a page that lies askew", () => {
    const angle = -0.15;
    const turned = (x: number, y: number) =>
      box(x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle), angle);
    const straight = [
      [0, 0],
      [300, 0],
      [600, 0],
      [0, 40],
      [300, 40],
      [600, 40],
    ] as const;
    const boxes = straight.map(([x, y]) => turned(x, y));
    expect(
      inReadingOrder(
        [5, 2, 0, 4, 1, 3].map((i) => boxes[i]!),
        (one) => one,
      ),
    ).toEqual(boxes);
  });

  it("of nothing is nothing", () => {
    expect(inReadingOrder([], (one: Rectangle) => one)).toEqual([]);
  });
});
