import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { construct } from "../../../src/actor/actor-context.js";
import { loadPngDecoder } from "../../../src/serving/models/png.js";
import { type LoadedReader, Read, type ReadProps } from "../../../src/serving/models/read.js";
import { classifier, noNative } from "./native.js";

const texts = {
  light: "Hold fast through any storm 2024",
  dark: "ready: 3 of 4 replicas",
  small: "Invoice No. 48213, due 2025-03-31",
  clear: "white on nothing",
  large: "GATE 17B",
};
const file = (name: string) => readFileSync(new URL(`../../fixtures/lines/${name}.png`, import.meta.url));
const signal = new AbortController().signal;

function reader(shared: LoadedReader, props: ReadProps = {}): Read {
  const self = { path: "eyes", key: undefined, incarnation: 0 };
  return construct(Read, { props, shared, self, after: () => ({ cancel() {} }), signal: () => signal });
}

describe.each(["wasm", "native"] as const)("Read on %s", (runtime) => {
  const reason = runtime === "native" ? noNative : undefined;
  let shared: LoadedReader;

  beforeAll(async () => {
    if (!reason) shared = await Read.load({ runtime });
  });
  afterAll(() => shared && Read.unload(shared));

  test.for(Object.entries(texts))("reads %s.png: %s", async ([name, text], { skip }) => {
    skip(reason !== undefined, reason);
    const line = await reader(shared).image(file(name));
    expect(line.text).toBe(text);
    expect(line.confidence).toBeGreaterThan(0.9);
    expect(line.confidence).toBeLessThanOrEqual(1);
  });

  test("reads pixels as it reads the file, and what it reads is in the pixels", async ({ skip }) => {
    skip(reason !== undefined, reason);
    const image = (await loadPngDecoder())(file("dark"), 1e6);
    const fromFile = await reader(shared).image(file("dark"));
    expect(await reader(shared).pixels(image)).toEqual(fromFile);
    expect(await reader(shared).pixels({ ...image, data: new Uint8ClampedArray(image.data) })).toEqual(fromFile);
    // The left half is the first words only.
    const half = {
      width: image.width >> 1,
      height: image.height,
      data: new Uint8Array((image.width >> 1) * image.height * 4),
    };
    for (let y = 0; y < half.height; y++) {
      const row = image.data.subarray(y * image.width * 4, y * image.width * 4 + half.width * 4);
      half.data.set(row, y * half.width * 4);
    }
    const { text } = await reader(shared).pixels(half);
    expect(text).toMatch(/^ready: 3/);
    expect(text).not.toContain("replicas");
  });

  test("answers several at once as it answers them one by one", async ({ skip }) => {
    skip(reason !== undefined, reason);
    const names = Object.keys(texts);
    const answers = await Promise.all(names.map((name) => reader(shared).image(file(name))));
    expect(answers.map(({ text }) => text)).toEqual(Object.values(texts));
  });
});

test("both runtimes are equally sure within 1e-5", async ({ skip }) => {
  skip(noNative !== undefined, noNative);
  const sure: number[] = [];
  for (const runtime of ["wasm", "native"] as const) {
    const shared = await Read.load({ runtime });
    sure.push((await reader(shared).image(file("light"))).confidence);
    await Read.unload(shared);
  }
  expect(Math.abs(sure[0]! - sure[1]!)).toBeLessThan(1e-5);
});

describe("what cannot be read", () => {
  let shared: LoadedReader;
  beforeAll(async () => {
    shared = await Read.load({ runtime: "wasm" });
  });
  afterAll(() => Read.unload(shared));

  test("an empty page is an empty line", async () => {
    const page = { width: 60, height: 20, data: new Uint8Array(60 * 20 * 4).fill(255) };
    expect(await reader(shared).pixels(page)).toEqual({ text: "", confidence: 0 });
  });

  const data = new Uint8Array(400);
  const stripes = new Uint8Array(2000 * 4).map((_, i) => ((i >> 2) % 2 ? 255 : 0) | (i % 4 === 3 ? 255 : 0));
  test.each([
    ["no image", undefined, "undefined x undefined"],
    ["no data", { width: 10, height: 10 }, "the pixels are Undefined"],
    ["an array", { width: 10, height: 10, data: [...data] }, "the pixels are Array"],
    ["too little data", { width: 10, height: 11, data }, "are 440 bytes, 400 came"],
    ["too much data", { width: 10, height: 9, data }, "are 360 bytes, 400 came"],
    ["no width", { width: 0, height: 10, data }, "0 x 10"],
    ["a negative size", { width: -10, height: -10, data }, "-10 x -10"],
    ["half a pixel", { width: 0.5, height: 200, data }, "0.5 x 200"],
    ["a size that is no number", { width: "10", height: 10, data }, "10 x 10"],
    ["a size beyond counting", { width: 2 ** 31, height: 2 ** 31, data }, "over the limit of 20 megapixels"],
    ["more than 20 megapixels", { width: 5001, height: 4000, data }, "over the limit of 20 megapixels"],
    ["a line that is far too wide", { width: 2000, height: 1, data: stripes }, "over 64 times as wide as high"],
  ])("%s is refused", async (_, image, message) => {
    const details = { reason: "bad-image" };
    const read = reader(shared).pixels(image as never);
    await expect(read).rejects.toMatchObject({ code: "Refused", details, message: expect.stringContaining(message) });
  });

  test.each([
    ["nothing", undefined, "the bytes of a PNG file"],
    ["text", "iVBORw0KGgo=", "the bytes of a PNG file"],
    ["a JPEG", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), "not a PNG file"],
  ])("as a file, %s is refused", async (_, bytes, message) => {
    const details = { reason: "bad-image" };
    const read = reader(shared).image(bytes as never);
    await expect(read).rejects.toMatchObject({ code: "Refused", details, message: expect.stringContaining(message) });
  });

  test("the limit is the spec's", async () => {
    const read = reader(shared, { maxPixels: 1000 }).image(file("light"));
    await expect(read).rejects.toMatchObject({
      message: expect.stringContaining("over the limit of 0.001 megapixels"),
    });
  });
});

test("a model that does not belong to the characters fails the start", async () => {
  const other = Read.load({ model: classifier, runtime: "wasm" });
  await expect(other).rejects.toMatchObject({
    code: "StartFailed",
    message: expect.stringContaining("does not read lines"),
  });
  await expect(Read.load({ maxPixels: -1 })).rejects.toMatchObject({ code: "InvalidSpec" });
  const absent = Read.load({ characters: "/no/such.txt" });
  await expect(absent).rejects.toMatchObject({ code: "StartFailed", message: expect.stringContaining("/no/such.txt") });
});
