import { Actor } from "../../actor/actor.js";
import { HoldfastError, refuse } from "../../errors.js";
import type { Tensor } from "../../protocol/dtypes.js";
import type { LoadedModel, OpenOptions } from "../runtimes/model.js";
import { openModel } from "../runtimes/open-model.js";
import { assetOf } from "./asset.js";
import type { SegmentOptions } from "./segmenter.js";
import { chunkSamples, noChunks, sampleRate, secondsOf, segmentChunk, segmentEnd, segmentRules } from "./segmenter.js";
import { contextSize, packSpeech, recurrentSize, type SpeechState, unpackSpeech } from "./speech-state.js";

export interface SpeechProps extends OpenOptions, SegmentOptions {
  /** Path of another silero_vad.onnx (v5 and v6 have the same inputs). Default: v6 of `@ricky0123/vad-web`. */
  model?: string;
}

/** What one chunk of 32 ms revealed. */
export interface SpeechChunk {
  /** Which chunk of its stream, from 0. */
  readonly index: number;
  /** Where the chunk begins in its stream, in seconds. */
  readonly seconds: number;
  /** That somebody speaks in it, 0 to 1. */
  readonly probability: number;
  /** A segment of speech is open. */
  readonly speaking: boolean;
  /** A segment began at this second. It is known some chunks later, when it has lasted long enough. */
  readonly start?: number;
  /** The open segment ended at this second. It is known some chunks later, when the pause has lasted long enough. */
  readonly end?: number;
}

/** The end of a stream. */
export interface SpeechEnd {
  readonly chunks: number;
  /** The length of the stream. */
  readonly seconds: number;
  /** Where the segment that was open ended. */
  readonly end?: number;
}

const rate: Tensor = { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(sampleRate)) };

/** Beyond full scale by a resampler's overshoot is sound; far beyond it somebody forgot to divide by 32768. */
const loudest = 2;

/**
 * Says when somebody speaks, in a stream of 16 kHz audio: Silero VAD v6 (snakers4/silero-vad, MIT). One actor is one
 * stream: use `keyed()`, so that each has its own state in cells that share the model. It has snapshots, so a stream
 * goes on after a crash as if nothing had happened, bit for bit.
 *
 * @example
 * const { ears } = (await system(supervisor({}, { ears: keyed(thread<Speech>(speechModule, {}), { idle: "30s" }) }))).refs;
 * const { probability, start, end } = await ears.key("mic-1").ask.push(samples);
 */
export class Speech extends Actor<SpeechProps, LoadedModel> {
  static override methods = { push: { limit: "5s" }, finish: { limit: "1s" } } as const;

  /** Opens the model and runs it once, so that ready means: the first chunk is answered as fast as the others. */
  static async load(props: SpeechProps | undefined): Promise<LoadedModel> {
    segmentRules(props); // a wrong option fails the start of the cell, not every actor in it
    const path =
      props?.model ?? assetOf("@ricky0123/vad-web", "@ricky0123/vad-web/package.json", "dist/silero_vad_v6.onnx");
    const model = await openModel(path, props);
    try {
      await listen(model, new Float32Array(contextSize + chunkSamples), new Float32Array(recurrentSize));
      return model;
    } catch (cause) {
      await model.release();
      throw new HoldfastError("StartFailed", `${path} is not a Silero VAD of v5 or v6: ${(cause as Error).message}`, {
        retryable: false,
        cause,
      });
    }
  }

  static unload(model: LoadedModel): Promise<void> {
    return model.release();
  }

  readonly #rules = segmentRules(this.props);
  #state: SpeechState = silence();
  /** Context and chunk, side by side as the model wants them. */
  readonly #heard = new Float32Array(contextSize + chunkSamples);

  /**
   * The next chunk of the stream.
   * @param chunk  512 samples, 16 kHz mono, -1 … 1
   * @throws HoldfastError Refused, reason "bad-chunk": wrong type, length or samples; the stream goes on without it
   */
  async push(chunk: Float32Array): Promise<SpeechChunk> {
    checkChunk(chunk);
    const before = this.#state;
    this.#heard.set(before.context);
    this.#heard.set(chunk, contextSize);
    const { probability, recurrent } = await listen(this.shared, this.#heard, before.recurrent);
    const { state: segmenter, edge } = segmentChunk(this.#rules, before.segmenter, probability);
    this.#state = { recurrent, context: this.#heard.slice(chunkSamples), segmenter };
    const index = before.segmenter.chunks;
    return { index, seconds: secondsOf(index), probability, speaking: segmenter.speaking, ...edge };
  }

  /** Ends the stream: closes the open segment. What is pushed after it is another stream, from chunk 0. */
  finish(): SpeechEnd {
    const { segmenter } = this.#state;
    this.#state = silence();
    return { chunks: segmenter.chunks, seconds: secondsOf(segmenter.chunks), ...segmentEnd(segmenter) };
  }

  /** 326 floats: taken after every message. */
  snapshot(): Float32Array {
    return packSpeech(this.#state);
  }

  restore(packed: Float32Array): void {
    this.#state = unpackSpeech(packed);
  }
}

function silence(): SpeechState {
  return {
    recurrent: new Float32Array(recurrentSize),
    context: new Float32Array(contextSize),
    segmenter: noChunks,
  };
}

async function listen(
  model: LoadedModel,
  samples: Float32Array,
  recurrent: Float32Array,
): Promise<{ probability: number; recurrent: Float32Array }> {
  const { output, stateN } = await model.run({
    input: { dtype: "float32", shape: [1, samples.length], data: samples },
    state: { dtype: "float32", shape: [2, 1, recurrentSize / 2], data: recurrent },
    sr: rate,
  });
  return { probability: Number(output!.data[0]), recurrent: stateN!.data as Float32Array };
}

function checkChunk(chunk: Float32Array): void {
  if (Object.prototype.toString.call(chunk) !== "[object Float32Array]") {
    throw refuse("bad-chunk", `a chunk is a Float32Array of ${chunkSamples} samples, not ${nameOf(chunk)}`);
  }
  if (chunk.length !== chunkSamples) {
    throw refuse(
      "bad-chunk",
      `a chunk is ${chunkSamples} samples (32 ms of 16 kHz mono), this one has ${chunk.length}`,
    );
  }
  for (let i = 0; i < chunkSamples; i++) {
    const sample = chunk[i]!;
    if (!(Math.abs(sample) <= loudest)) {
      throw refuse("bad-chunk", `sample ${i} is ${sample}: give -1 to 1 (16-bit samples are divided by 32768)`);
    }
  }
}

function nameOf(value: unknown): string {
  return typeof value === "object" ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
}
