/** The public door of `holdfast/models`: model actors that are ready to serve, and what belongs to them. */
export type { ReadLine } from "./ctc.js";
export type { DetectProps, LoadedDetector, TextBox } from "./detect.js";
export { Detect } from "./detect.js";
export type { Pixels } from "./pixels.js";
export type { LoadedReader, ReadProps } from "./read.js";
export { Read } from "./read.js";
export type { HopPolicies, PageLine, PageText, ReadPageProps } from "./read-page.js";
export { ReadPage } from "./read-page.js";
export type { Corners, Point, Rectangle } from "./rectangle.js";
export { cornersOf } from "./rectangle.js";
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
/** The module to give to `thread<Detect>()` or `fork<Detect>()`. */
export const detectModule = new URL("./detect.js", import.meta.url);
/** The module to give to `thread<ReadPage>()`; it is light enough to run inline, but for large images. */
export const readPageModule = new URL("./read-page.js", import.meta.url);
