/** The public door of `holdfast/models`: model actors that are ready to serve, and what belongs to them. */
export type { ReadLine } from "./ctc.js";
export type { Pixels } from "./pixels.js";
export type { LoadedReader, ReadProps } from "./read.js";
export { Read } from "./read.js";
export type { Segment, SegmentEdge, SegmenterState, SegmentOptions, SegmentRules } from "./segmenter.js";
export {
  chunkSamples,
  noChunks,
  sampleRate,
  secondsOf,
  segmentChunk,
  segmentEnd,
  segmentRules,
  segmentsOf,
} from "./segmenter.js";
export type { SpeechChunk, SpeechEnd, SpeechProps } from "./speech.js";
export { Speech } from "./speech.js";

/** The module to give to `thread<Speech>()` or `fork<Speech>()`. */
export const speechModule = new URL("./speech.js", import.meta.url);
/** The module to give to `thread<Read>()` or `fork<Read>()`. */
export const readModule = new URL("./read.js", import.meta.url);
