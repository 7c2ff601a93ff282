import type { Rectangle } from "./rectangle.js";

/** Boxes are in one row where their middles are nearer than this part of the lower one's height. */
const SAME_ROW = 0.5;

/**
 * In the order in which they are read: rows from top to bottom, each from left to right. On a page that lies askew "down" is
 * what is down for its text: the angle of the boxes, the longer ones counting for more.
 */
export function inReadingOrder<T>(boxes: readonly T[], of: (box: T) => Rectangle): T[] {
  const angle = commonAngle(boxes.map(of));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const placed = boxes.map((box) => {
    const { centre, width, height } = of(box);
    const [x, y] = centre;
    return { box, along: x * cos + y * sin, down: y * cos - x * sin, height: Math.min(width, height) };
  });
  placed.sort((a, b) => a.down - b.down);
  const rows: (typeof placed)[] = [];
  for (const one of placed) {
    const row = rows.at(-1);
    const before = row?.at(-1);
    if (row && before && one.down - before.down < SAME_ROW * Math.min(one.height, before.height)) row.push(one);
    else rows.push([one]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.along - b.along).map(({ box }) => box));
}

/** Lines that are long tell it best; of a short one, or of one that stands upright, the angle is chance. */
function commonAngle(rectangles: readonly Rectangle[]): number {
  let sum = 0;
  let weights = 0;
  for (const { width, height, angle } of rectangles) {
    const weight = Math.max(0, width - height);
    sum += weight * angle;
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}
