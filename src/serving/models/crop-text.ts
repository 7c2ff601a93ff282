import type { Pixels } from "./pixels.js";
import type { Rectangle } from "./rectangle.js";

/** Text in a box that is so much higher than wide stands upright: it is turned. */
const UPRIGHT = 1.5;

/** Whether what is in a box reads from top to bottom, or from bottom to top. */
export function standsUpright({ width, height }: Rectangle): boolean {
  return height >= UPRIGHT * width;
}

/**
 * How much more than a box is cut out on each side, by its line height: boxes clip the letters, and cut to the ink words run
 * together. Less above and below, where the neighbours are.
 */
const margins = { along: 0.25, across: 0.15 } as const;

/**
 * What is in a box, laid straight, at the size it has, with a margin. Text that stands upright is turned by a quarter, so that it reads from
 * left to right.
 * @param reads "down": what stands upright reads from top to bottom (the spine of an English book); "up": the other way
 */
export function cropText(image: Pixels, box: Rectangle, reads: "down" | "up" = "down"): Pixels {
  const quarter = standsUpright(box) ? (reads === "down" ? Math.PI / 2 : -Math.PI / 2) : 0;
  const [along, across] = quarter ? [box.height, box.width] : [box.width, box.height];
  const width = Math.max(1, Math.round(along + 2 * margins.along * across));
  const height = Math.max(1, Math.round((1 + 2 * margins.across) * across));
  const [cos, sin] = [Math.cos(box.angle + quarter), Math.sin(box.angle + quarter)];
  const data = new Uint8Array(width * height * 4);
  const left = box.centre[0] - (cos * width - sin * height) / 2;
  const top = box.centre[1] - (sin * width + cos * height) / 2;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 4) {
      const right = x + 0.5;
      const down = y + 0.5;
      sample(image, left + cos * right - sin * down, top + sin * right + cos * down, data, to);
    }
  }
  return { width, height, data };
}

/** One pixel from the four around it; beyond the edge, as at the edge. */
function sample({ width, height, data }: Pixels, x: number, y: number, out: Uint8Array, to: number): void {
  const column = Math.min(Math.max(x - 0.5, 0), width - 1);
  const row = Math.min(Math.max(y - 0.5, 0), height - 1);
  const x0 = Math.floor(column);
  const y0 = Math.floor(row);
  const fx = column - x0;
  const fy = row - y0;
  const here = (y0 * width + x0) * 4;
  const right = x0 + 1 < width ? 4 : 0;
  const below = y0 + 1 < height ? width * 4 : 0;
  for (let c = 0; c < 4; c++) {
    const at = here + c;
    const upper = data[at]! * (1 - fx) + data[at + right]! * fx;
    const lower = data[at + below]! * (1 - fx) + data[at + below + right]! * fx;
    out[to + c] = Math.round(upper * (1 - fy) + lower * fy);
  }
}
