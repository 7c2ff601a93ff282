import type { Point } from "./rectangle.js";

/**
 * The connected regions of what is above a threshold, neighbours across corners too: of each the first and the last pixel of
 * every row, as points in the middle of them. That is all that a convex hull needs.
 *
 * @param map  row by row
 */
export function* textRegions(map: Float32Array, width: number, threshold: number): Generator<Point[]> {
  const height = map.length / width;
  const seen = new Uint8Array(map.length);
  const open: number[] = [];
  const mark = (at: number) => {
    if (seen[at] || !(map[at]! > threshold)) return;
    seen[at] = 1;
    open.push(at);
  };
  for (let first = 0; first < map.length; first++) {
    mark(first);
    if (open.length === 0) continue;
    const rows = new Map<number, [number, number]>();
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const y = Math.floor(at / width);
      const x = at - y * width;
      const row = rows.get(y);
      if (!row) rows.set(y, [x, x]);
      else if (x < row[0]) row[0] = x;
      else if (x > row[1]) row[1] = x;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) mark(ny * width + nx);
      }
    }
    const points: Point[] = [];
    for (const [y, [from, to]] of rows) points.push([from + 0.5, y + 0.5], [to + 0.5, y + 0.5]);
    yield points;
  }
}
