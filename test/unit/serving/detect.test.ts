import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { construct } from "../../../src/actor/actor-context.js";
import { cropText } from "../../../src/serving/models/crop-text.js";
import { Detect, type DetectProps, type LoadedDetector } from "../../../src/serving/models/detect.js";
import { type LoadedReader, Read } from "../../../src/serving/models/read.js";
import { classifier, noNative } from "./native.js";

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/pages/${name}.png`, import.meta.url));
const pages = {
  page: {
    png: readFileSync(new URL("../../../examples/ocr-pipeline/page.png", import.meta.url)),
    lines: [
      "Harbour Office",
      "Dear Captain,",
      "the kelp holds fast through any storm.",
      "Two boats broke loose on Monday,",
      "both were back before noon.",
      "berth 17B, 2024-03-31",
    ],
  },
  tilted: {
    png: fixture("tilted"),
    lines: ["A page that nobody laid straight", "is read as well as any other", "17 knots from the north west"],
  },
  table: {
    png: fixture("table"),
    lines: [
      ...["vessel", "berth", "draught"],
      ...["Ada Lovelace", "17B", "4.20 m"],
      ...["Grace Hopper", "21A", "3.75 m"],
      ...["Edsger", "9C", "11.05 m"],
    ],
  },
};
const signal = new AbortController().signal;
const self = { path: "spot", key: undefined, incarnation: 0 };
const around = <P, S>(props: P, shared: S) => ({
  props,
  shared,
  self,
  after: () => ({ cancel() {} }),
  signal: () => signal,
});
const detector = (shared: LoadedDetector, props: DetectProps = {}) => construct(Detect, around(props, shared));

describe.each(["wasm", "native"] as const)("Detect on %s", (runtime) => {
  const reason = runtime === "native" ? noNative : undefined;
  let shared: LoadedDetector;
  let eyes: LoadedReader;

  beforeAll(async () => {
    if (reason) return;
    shared = await Detect.load({ runtime });
    eyes = await Read.load({ runtime });
  });
  afterAll(async () => {
    if (reason) return;
    await Detect.unload(shared);
    await Read.unload(eyes);
  });

  test.for(Object.entries(pages))(
    "finds the lines of %s, in order and each whole",
    async ([, { png, lines }], { skip }) => {
      skip(reason !== undefined, reason);
      const boxes = await detector(shared).image(png);
      const image = shared.decodePng(png, 1e6);
      const reader = construct(Read, around({}, eyes));
      const read = [];
      for (const box of boxes) {
        expect(box.confidence).toBeGreaterThan(0.6);
        expect(box.confidence).toBeLessThanOrEqual(1);
        read.push((await reader.pixels(cropText(image, box))).text);
      }
      expect(read).toEqual(lines);
    },
  );

  test("tells how far the lines are tilted", async ({ skip }) => {
    skip(reason !== undefined, reason);
    const boxes = await detector(shared).image(pages.tilted.png);
    for (const { angle } of boxes) expect((angle * 180) / Math.PI).toBeCloseTo(-7, 0);
  });
});

describe("an image that is odd", () => {
  let shared: LoadedDetector;
  beforeAll(async () => {
    shared = await Detect.load({ runtime: "wasm" });
  });
  afterAll(() => Detect.unload(shared));

  test("without text has no boxes: blank, one pixel, very wide, see-through", async () => {
    const blank = (width: number, height: number, value: number) => {
      return { width, height, data: new Uint8Array(width * height * 4).fill(value) };
    };
    const sizes: [number, number, number][] = [
      [200, 100, 255],
      [1, 1, 255],
      [5000, 1, 0],
      [1, 5000, 255],
      [300, 300, 0],
    ];
    for (const [width, height, value] of sizes) {
      expect(await detector(shared).pixels(blank(width, height, value))).toEqual([]);
    }
  });

  test("larger than the model looks at has its boxes in its own pixels", async () => {
    const image = shared.decodePng(pages.table.png, 1e6);
    const boxes = await detector(shared).image(pages.table.png);
    const tall = { ...image, width: image.width * 2, height: image.height * 2, data: doubled(image) };
    const seen = await detector(shared, { side: 640 }).pixels(tall);
    expect(seen).toHaveLength(boxes.length);
    for (const [i, { centre, width }] of seen.entries()) {
      expect(Math.abs(centre[0] - 2 * boxes[i]!.centre[0])).toBeLessThan(12);
      expect(Math.abs(centre[1] - 2 * boxes[i]!.centre[1])).toBeLessThan(12);
      expect(width / boxes[i]!.width).toBeGreaterThan(1.6);
    }
  });

  test("gives as many boxes as asked for, the surest", async () => {
    const all = await detector(shared).image(pages.table.png);
    const few = await detector(shared, { maxBoxes: 3 }).image(pages.table.png);
    const surest = all.map(({ confidence }) => confidence).sort((a, b) => b - a);
    expect(few.map(({ confidence }) => confidence).sort((a, b) => b - a)).toEqual(surest.slice(0, 3));
  });

  test("is refused by name", async () => {
    const bad = { code: "Refused", details: { reason: "bad-image" } };
    await expect(detector(shared).image(Uint8Array.of(1, 2, 3))).rejects.toMatchObject(bad);
    await expect(detector(shared, { maxPixels: 100 }).image(pages.table.png)).rejects.toMatchObject(bad);
    await expect(detector(shared).pixels({ width: 4, height: 4, data: new Uint8Array(60) })).rejects.toMatchObject(bad);
    // biome-ignore lint/suspicious/noExplicitAny: what came over a wire
    await expect(detector(shared).pixels(undefined as any)).rejects.toMatchObject(bad);
  });
});

test.each([
  [{ side: 31 }, "side is 31: give a whole number from 32 to 4096"],
  [{ side: 64.5 }, "side is 64.5: give a whole number from 32 to 4096"],
  [{ maxBoxes: 0 }, "maxBoxes is 0: give a whole number from 1 on"],
  [{ maxPixels: -1 }, "maxPixels is -1: give a whole number of pixels > 0"],
])("%o does not start", async (props, message) => {
  await expect(Detect.load(props)).rejects.toMatchObject({ code: "InvalidSpec", message });
});

test("another model than one for text detection fails the start, by its path", async () => {
  await expect(Detect.load({ model: classifier, runtime: "wasm" })).rejects.toMatchObject({ code: "StartFailed" });
});

/** Twice as large, each pixel four times. */
function doubled({ width, height, data }: { width: number; height: number; data: Uint8Array | Uint8ClampedArray }) {
  const out = new Uint8Array(width * height * 16);
  for (let y = 0; y < 2 * height; y++) {
    for (let x = 0; x < 2 * width; x++) {
      const from = ((y >> 1) * width + (x >> 1)) * 4;
      out.set(data.subarray(from, from + 4), (y * 2 * width + x) * 4);
    }
  }
  return out;
}
