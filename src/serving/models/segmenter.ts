import type { Duration } from "../../duration.js";
import { milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";

/**
 * Turns the speech probability of each chunk into segments. Pure, and without Node, so that a page can run it too.
 *
 *   chunk           0 1 2 3 4 5 6 7 8 9 …          at or above the threshold: #, below: ·
 *                   · # · # # # # # · # · · · ·
 *                     └ too short: not speech
 *                         ▲       │   └ too short as well: it does not interrupt the silence
 *                         start   ▲end               told minSpeech after the start, minSilence after the end
 *
 * Speech is a run of at least `minSpeech` at or above the threshold; what lies between two of them is silence, and a
 * silence shorter than `minSilence` is bridged.
 */
export interface SegmentOptions {
  /** Probability from which a chunk counts as speech, between 0 and 1. Default 0.5 (Silero's own). */
  threshold?: number;
  /** Shorter sounds are not speech. Default "100ms". Rounded up to whole chunks of 32 ms. */
  minSpeech?: Duration;
  /** Shorter pauses do not end a segment. Default "100ms" (Silero's own). Rounded up to whole chunks of 32 ms. */
  minSilence?: Duration;
}

/** Samples of one chunk: 32 ms. */
export const chunkSamples = 512;
/** Hertz, mono. */
export const sampleRate = 16_000;

/** Where a chunk begins, in seconds from the beginning of its stream. */
export function secondsOf(chunk: number): number {
  return (chunk * chunkSamples) / sampleRate;
}

/** Where speech begins and ends, in seconds from the beginning of the stream. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Checked options, in chunks. */
export interface SegmentRules {
  readonly threshold: number;
  readonly minSpeech: number;
  readonly minSilence: number;
}

/** Everything the segmenter knows of a stream. All but `chunks` stay small, however long the stream. */
export interface SegmenterState {
  /** Chunks seen. */
  readonly chunks: number;
  /** A segment is open. */
  readonly speaking: boolean;
  /** How many of the latest chunks in a row were at or above the threshold; counted up to minSpeech. */
  readonly run: number;
  /** In an open segment: how many chunks ago its possible end began. 0: it has none. */
  readonly quiet: number;
}

/** What one chunk revealed: the second at which a segment began, or the one at which it ended. Never both. */
export interface SegmentEdge {
  readonly start?: number;
  readonly end?: number;
}

export const noChunks: SegmenterState = { chunks: 0, speaking: false, run: 0, quiet: 0 };

/** @throws HoldfastError InvalidSpec */
export function segmentRules(options: SegmentOptions = {}): SegmentRules {
  const { threshold = 0.5, minSpeech = "100ms", minSilence = "100ms" } = options;
  if (!(threshold > 0 && threshold < 1)) {
    throw new HoldfastError("InvalidSpec", `threshold is ${String(threshold)}: give a probability between 0 and 1`);
  }
  return { threshold, minSpeech: inChunks(minSpeech, "minSpeech"), minSilence: inChunks(minSilence, "minSilence") };
}

/** The next state, and the edge that this chunk made certain. */
export function segmentChunk(
  rules: SegmentRules,
  state: SegmenterState,
  probability: number,
): { state: SegmenterState; edge: SegmentEdge } {
  const chunks = state.chunks + 1;
  const run = probability >= rules.threshold ? Math.min(state.run + 1, rules.minSpeech) : 0;
  const confirmed = run === rules.minSpeech;

  if (!state.speaking) {
    if (!confirmed) return { state: { chunks, speaking: false, run, quiet: 0 }, edge: {} };
    return { state: { chunks, speaking: true, run, quiet: 0 }, edge: { start: secondsOf(chunks - run) } };
  }
  if (confirmed) return { state: { chunks, speaking: true, run, quiet: 0 }, edge: {} };
  // A run that is still too short may yet bridge the silence, so the silence is measured up to where the run began.
  const quiet = state.quiet > 0 ? state.quiet + 1 : 1;
  if (quiet - run < rules.minSilence) return { state: { chunks, speaking: true, run, quiet }, edge: {} };
  return { state: { chunks, speaking: false, run, quiet: 0 }, edge: { end: secondsOf(chunks - quiet) } };
}

/** The edge that the end of the stream makes certain: an open segment ends where its last speech did. */
export function segmentEnd(state: SegmenterState): SegmentEdge {
  return state.speaking ? { end: secondsOf(state.chunks - state.quiet) } : {};
}

/** The segments of a whole recording, given the probability of each of its chunks. */
export function segmentsOf(probabilities: Iterable<number>, options: SegmentOptions = {}): Segment[] {
  const rules = segmentRules(options);
  const segments: Segment[] = [];
  let state = noChunks;
  let open: number | undefined;
  const take = ({ start, end }: SegmentEdge) => {
    if (start !== undefined) open = start;
    if (end !== undefined && open !== undefined) segments.push({ start: open, end });
  };
  for (const probability of probabilities) {
    const next = segmentChunk(rules, state, probability);
    state = next.state;
    take(next.edge);
  }
  take(segmentEnd(state));
  return segments;
}

function inChunks(value: Duration, field: string): number {
  const chunks = Math.ceil((milliseconds(value, field) * sampleRate) / (chunkSamples * 1000));
  if (!Number.isSafeInteger(chunks)) {
    throw new HoldfastError("InvalidSpec", `${field} is ${String(value)}: give a finite duration`);
  }
  return Math.max(1, chunks);
}
