import { describe, expect, it } from "vitest";
import { cropText, standsUpright } from "../../../src/serving/models/crop-text.js";
import type { Pixels } from "../../../src/serving/models/pixels.js";

/** An image whose red is x, whose green is y. */
function ramp(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set([x, y, 0, 255], (y * width + x) * 4);
  return { width, height, data };
}

const at = ({ data, width }: Pixels, x: number, y: number) => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 2),
];

describe("what is cut out of an image", () => {
  it("is the box with a margin of a quarter of its height beside it, and less above and below", () => {
    const crop = cropText(ramp(200, 100), { centre: [100, 50], width: 80, height: 20, angle: 0 });
    expect([crop.width, crop.height]).toEqual([90, 26]);
    expect(at(crop, 0, 0)).toEqual([55, 37]);
    expect(at(crop, 89, 25)).toEqual([144, 62]);
  });

  it("is laid straight where the box is tilted", () => {
    const angle = Math.PI / 6;
    const crop = cropText(ramp(200, 200), { centre: [100, 100], width: 80, height: 20, angle });
    const [x, y] = at(crop, crop.width - 1, crop.height / 2);
    expect(x).toBeCloseTo(100 + 45 * Math.cos(angle), -1);
    expect(y).toBeCloseTo(100 + 45 * Math.sin(angle), -1);
  });

  it("is turned by a quarter where the box stands upright: its top is the left, or its foot", () => {
    const spine = { centre: [50, 100], width: 20, height: 80, angle: 0 } as const;
    expect(standsUpright(spine)).toBe(true);
    const down = cropText(ramp(100, 200), spine, "down");
    const up = cropText(ramp(100, 200), spine, "up");
    expect([down.width, down.height]).toEqual([90, 26]);
    // Read from top to bottom, the left end is the top, and what is above the letters is to the right.
    expect(at(down, 0, 0)).toEqual([62, 55]);
    expect(at(down, 89, 25)).toEqual([37, 144]);
    expect(at(up, 0, 0)).toEqual([37, 144]);
    expect(at(up, 89, 25)).toEqual([62, 55]);
  });

  it("beyond the edge is as at the edge", () => {
    const crop = cropText(ramp(40, 20), { centre: [20, 10], width: 60, height: 30, angle: 0 });
    expect(at(crop, 0, 0)).toEqual([0, 0]);
    expect(at(crop, crop.width - 1, crop.height - 1)).toEqual([39, 19]);
  });

  it("is a pixel at least", () => {
    const crop = cropText(ramp(4, 4), { centre: [2, 2], width: 0, height: 0, angle: 0 });
    expect([crop.width, crop.height, crop.data.length]).toEqual([1, 1, 4]);
  });
});
