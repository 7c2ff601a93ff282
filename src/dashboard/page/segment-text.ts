import type { HeardSegment } from "./speech-track.js";

/** "0.35 – 2.24 s", or "8.19 s – …" while it lasts. */
export function segmentText({ start, end }: HeardSegment): string {
  return end === undefined ? `${start.toFixed(2)} s – …` : `${start.toFixed(2)} – ${end.toFixed(2)} s`;
}
