import { HoldfastError } from "../../errors.js";
import type { SegmenterState } from "./segmenter.js";

/** What the model carries from one chunk to the next: its recurrent state, and the last samples it heard. */
export const recurrentSize = 2 * 1 * 128;
export const contextSize = 64;

/** Everything that an audio stream has behind it. */
export interface SpeechState {
  /** f32[2,1,128] */
  readonly recurrent: Float32Array;
  /** The last 64 samples. */
  readonly context: Float32Array;
  readonly segmenter: SegmenterState;
}

/**
 *   0         1 … 5                                6 … 261       262 … 325
 *   version   chunks (low, high) speaking run quiet   recurrent     context
 *
 * One array, because it is sent after every message and many small values cost more than their bytes. A float32 counts
 * exactly up to 2^24, which is six days of audio: hence the two words for the chunks.
 */
const version = 1;
const head = 6;
const word = 2 ** 20;
const size = head + recurrentSize + contextSize;

export function packSpeech({ recurrent, context, segmenter }: SpeechState): Float32Array {
  const packed = new Float32Array(size);
  packed[0] = version;
  packed[1] = segmenter.chunks % word;
  packed[2] = Math.floor(segmenter.chunks / word);
  packed[3] = segmenter.speaking ? 1 : 0;
  packed[4] = segmenter.run;
  packed[5] = segmenter.quiet;
  packed.set(recurrent, head);
  packed.set(context, head + recurrentSize);
  return packed;
}

/** @throws HoldfastError StartFailed when it is not a snapshot of this version */
export function unpackSpeech(packed: Float32Array): SpeechState {
  if (packed?.length !== size || packed[0] !== version) {
    throw new HoldfastError(
      "StartFailed",
      `a snapshot of ${packed?.length} values, version ${packed?.[0]}, is not one of Speech (${size} values, version ` +
        `${version}): it was written by another version of holdfast, delete it`,
      { retryable: false },
    );
  }
  return {
    segmenter: {
      chunks: packed[1]! + packed[2]! * word,
      speaking: packed[3] === 1,
      run: packed[4]!,
      quiet: packed[5]!,
    },
    recurrent: packed.slice(head, head + recurrentSize),
    context: packed.slice(head + recurrentSize),
  };
}
