import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cornersOf, type Point, type Rectangle, smallestRectangle } from "../../../src/serving/models/rectangle.js";

const { PI } = Math;
const rectangles = fc.record({
  centre: fc.tuple(fc.double({ min: -500, max: 500, noNaN: true }), fc.double({ min: -500, max: 500, noNaN: true })),
  width: fc.double({ min: 1, max: 400, noNaN: true }),
  height: fc.double({ min: 1, max: 400, noNaN: true }),
  angle: fc.double({ min: -PI / 4 + 0.01, max: PI / 4 - 0.01, noNaN: true }),
});

/** How far a point is beyond a rectangle's sides. */
function beyond([x, y]: Point, { centre, width, height, angle }: Rectangle): number {
  const [dx, dy] = [x - centre[0], y - centre[1]];
  const along = Math.abs(dx * Math.cos(angle) + dy * Math.sin(angle)) - width / 2;
  const down = Math.abs(dy * Math.cos(angle) - dx * Math.sin(angle)) - height / 2;
  return Math.max(along, down);
}

describe("the smallest rectangle around points", () => {
  it("is the rectangle whose corners they are, with whatever lies within it", () => {
    const within = fc.array(
      fc.tuple(fc.double({ min: -0.5, max: 0.5, noNaN: true }), fc.double({ min: -0.5, max: 0.5, noNaN: true })),
    );
    fc.assert(
      fc.property(rectangles, within, (rectangle, inner) => {
        const { centre, width, height, angle } = rectangle;
        const points = inner.map(([a, b]): Point => {
          const [along, down] = [a * width, b * height];
          return [
            centre[0] + along * Math.cos(angle) - down * Math.sin(angle),
            centre[1] + along * Math.sin(angle) + down * Math.cos(angle),
          ];
        });
        const found = smallestRectangle([...points, ...cornersOf(rectangle)]);
        expect(found.width * found.height).toBeCloseTo(width * height, 3);
        for (const corner of cornersOf(rectangle)) expect(beyond(corner, found)).toBeLessThan(1e-6);
      }),
    );
  });

  it("holds all points, and is never larger than the one that lies straight", () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 99 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(points, (all) => {
        const found = smallestRectangle(all);
        for (const point of all) expect(beyond(point, found)).toBeLessThan(1e-6);
        const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
        const straight = (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
        expect(found.width * found.height).toBeLessThanOrEqual(straight + 1e-6);
        expect(found.angle).toBeGreaterThan(-PI / 4);
        expect(found.angle).toBeLessThanOrEqual(PI / 4);
      }),
    );
  });

  it("of one point is that point, of a line that line", () => {
    expect(smallestRectangle([[3, 4]])).toEqual({ centre: [3, 4], width: 0, height: 0, angle: 0 });
    const line = smallestRectangle([
      [0, 0],
      [2, 2],
      [4, 4],
    ]);
    expect(Math.max(line.width, line.height)).toBeCloseTo(Math.hypot(4, 4));
    expect(Math.min(line.width, line.height)).toBeCloseTo(0);
  });

  it("has its corners clockwise from the top left", () => {
    expect(cornersOf({ centre: [10, 20], width: 8, height: 4, angle: 0 })).toEqual([
      [6, 18],
      [14, 18],
      [14, 22],
      [6, 22],
    ]);
  });
});
