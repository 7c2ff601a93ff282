import { type Corners, cornersOf, type Rectangle, smallestRectangle } from "./rectangle.js";
import { textRegions } from "./text-regions.js";

/** Where text is, and how sure that is. */
export interface Found {
  readonly rectangle: Rectangle;
  /** The mean probability within it, 0 to 1. */
  readonly confidence: number;
}

/** Numbers of PP-OCRv4's own configuration (DBPostProcess). */
export interface BoxRules {
  /** A pixel is text above this probability. */
  readonly threshold: number;
  /** A region is text from this mean probability on. */
  readonly boxThreshold: number;
  /** Regions are trained to be smaller than the text: each side goes out by area × this ÷ circumference. */
  readonly unclip: number;
}

export const boxRules: BoxRules = { threshold: 0.3, boxThreshold: 0.6, unclip: 1.5 };

/** Regions narrower than this are specks, and so are boxes that are not wider by two when they have gone out, pixels. */
const narrowest = 3;

/**
 * The boxes of text in a map of probabilities, by differentiable binarization (Liao et al., 2020):
 *
 *   map ─▶ > threshold ─▶ regions ─▶ smallest rectangle ─▶ mean within it ≥ boxThreshold ─▶ each side out ─▶ box
 *
 * A rectangle that goes out by the same distance on each side is what the paper's polygon offset and a second smallest
 * rectangle come to.
 *
 * @param map  row by row, 0 to 1
 * @returns in pixels of the map
 */
export function textBoxes(map: Float32Array, width: number, rules: BoxRules = boxRules): Found[] {
  const found: Found[] = [];
  for (const points of textRegions(map, width, rules.threshold)) {
    const tight = smallestRectangle(points);
    if (Math.min(tight.width, tight.height) < narrowest) continue;
    const confidence = meanWithin(map, width, cornersOf(tight));
    if (confidence < rules.boxThreshold) continue;
    const out = (tight.width * tight.height * rules.unclip) / (2 * (tight.width + tight.height));
    const rectangle = { ...tight, width: tight.width + 2 * out, height: tight.height + 2 * out };
    if (Math.min(rectangle.width, rectangle.height) >= narrowest + 2) found.push({ rectangle, confidence });
  }
  return found;
}

/** The mean of the pixels whose middle is within a rectangle. */
function meanWithin(map: Float32Array, width: number, corners: Corners): number {
  const height = map.length / width;
  const ys = corners.map(([, y]) => y);
  const first = Math.max(0, Math.round(Math.min(...ys) - 0.5));
  const last = Math.min(height - 1, Math.round(Math.max(...ys) - 0.5));
  let sum = 0;
  let count = 0;
  for (let y = first; y <= last; y++) {
    const [from, to] = rowOf(corners, Math.min(Math.max(y + 0.5, Math.min(...ys)), Math.max(...ys)));
    const end = Math.min(width - 1, Math.round(to - 0.5));
    for (let x = Math.max(0, Math.round(from - 0.5)); x <= end; x++) {
      sum += map[y * width + x]!;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** Where a row enters a rectangle, and where it leaves it. */
function rowOf(corners: Corners, y: number): [number, number] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < 4; i++) {
    const [ax, ay] = corners[i]!;
    const [bx, by] = corners[(i + 1) % 4]!;
    if (y < Math.min(ay, by) || y > Math.max(ay, by)) continue;
    // A side that lies in the row has both of its ends in it.
    const xs = ay === by ? [ax, bx] : [ax + ((y - ay) / (by - ay)) * (bx - ax)];
    from = Math.min(from, ...xs);
    to = Math.max(to, ...xs);
  }
  return [from, to];
}
