/** x to the right, y down, in pixels; the middle of the first pixel is at 0.5, 0.5. */
export type Point = readonly [x: number, y: number];

/** A rectangle that may be tilted. */
export interface Rectangle {
  readonly centre: Point;
  /** Along its own axes. */
  readonly width: number;
  readonly height: number;
  /** By how much its width points down, radians: above -π/4, at most π/4. 0: it lies straight. */
  readonly angle: number;
}

/** Clockwise: top left, top right, bottom right, bottom left, as one sees it whose head is tilted like it. */
export type Corners = readonly [Point, Point, Point, Point];

/** Where its corners are. */
export function cornersOf({ centre: [x, y], width, height, angle }: Rectangle): Corners {
  const [ux, uy] = [(Math.cos(angle) * width) / 2, (Math.sin(angle) * width) / 2];
  const [vx, vy] = [(-Math.sin(angle) * height) / 2, (Math.cos(angle) * height) / 2];
  return [
    [x - ux - vx, y - uy - vy],
    [x + ux - vx, y + uy - vy],
    [x + ux + vx, y + uy + vy],
    [x - ux + vx, y - uy + vy],
  ];
}

/**
 * The rectangle of the least area around points. One side of it lies on a side of their convex hull, so that all of these
 * are tried.
 * @param points at least one
 */
export function smallestRectangle(points: readonly Point[]): Rectangle {
  const hull = convexHull(points);
  let best: Rectangle | undefined;
  for (let i = 0; i < hull.length; i++) {
    const [ax, ay] = hull[i]!;
    const [bx, by] = hull[(i + 1) % hull.length]!;
    const around = rectangleAt(hull, upright(Math.atan2(by - ay, bx - ax)));
    if (!best || around.width * around.height < best.width * best.height) best = around;
  }
  return best!;
}

/** The direction of the nearest of a rectangle's sides to the right: which side was found does not matter. */
function upright(angle: number): number {
  const quarter = Math.PI / 2;
  const turned = angle - Math.round(angle / quarter) * quarter;
  return turned <= -Math.PI / 4 ? turned + quarter : turned;
}

function rectangleAt(hull: readonly Point[], angle: number): Rectangle {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of hull) {
    const along = x * cos + y * sin;
    const down = y * cos - x * sin;
    left = Math.min(left, along);
    right = Math.max(right, along);
    top = Math.min(top, down);
    bottom = Math.max(bottom, down);
  }
  const [along, down] = [(left + right) / 2, (top + bottom) / 2];
  const centre: Point = [along * cos - down * sin, along * sin + down * cos];
  return { centre, width: right - left, height: bottom - top, angle };
}

/** Andrew's monotone chain: the corners of the hull in turn, none within a side. */
function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort(([ax, ay], [bx, by]) => ax - bx || ay - by);
  if (sorted.length < 3) return sorted;
  const half = (from: readonly Point[]) => {
    const chain: Point[] = [];
    for (const point of from) {
      while (chain.length > 1 && turn(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  const hull = [...half(sorted), ...half(sorted.reverse())];
  return hull.length > 0 ? hull : [sorted[0]!];
}

/** Above 0 where a, b, c turn clockwise, as y points down. */
function turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}
