import { shortDuration } from "../short-duration.js";
import type { ServiceAvailability } from "./availability.js";
import { htmlText } from "./html-text.js";
import { type Recovery, recoverySteps } from "./recovery.js";
import type { Span } from "./spans.js";

const LANES = 12;
const LANE_HEIGHT = 44;
const TICKS = 4;
/** Percent of the width: an outage of a millisecond in an hour is still to be seen. */
const THINNEST = 0.25;

/**
 * When who was down: a lane for each service, the window from left to right.
 *
 *   app/digits
 *   ▒▒▒▒█▒▒▒▒▒▒▒▒▒▓▓▓▒▒▒▒▒▒▒▒   █ nobody served, ▓ somebody was missing
 *   02:10      02:25     02:40
 */
export function outageChart(services: readonly ServiceAvailability[], window: Span): string {
  const shown = services.slice(0, LANES);
  const height = shown.length * LANE_HEIGHT + 24;
  const lanes = shown.map(({ path, downSpans, missingSpans, availability }, index) => {
    const top = index * LANE_HEIGHT;
    const label = path.length > 60 ? `…${path.slice(-59)}` : path;
    const bars = [
      ...missingSpans.map((span) => bar(span, window, top + 20, "missing")),
      ...downSpans.map((span) => bar(span, window, top + 20, "down")),
    ].join("");
    return `<text x="0" y="${top + 14}">${htmlText(label)}</text><rect class="lane" x="0" y="${top + 20}" width="100%" height="12"></rect>${bars}<title>${htmlText(`${path}: ${(availability * 100).toFixed(3)} %`)}</title>`;
  });
  const ticks = Array.from({ length: TICKS + 1 }, (_, at) => {
    const time = window.from + ((window.to - window.from) * at) / TICKS;
    const anchor = at === 0 ? "start" : at === TICKS ? "end" : "middle";
    return `<text class="tick" x="${(100 * at) / TICKS}%" y="${height - 6}" text-anchor="${anchor}">${new Date(time).toISOString().slice(11, 19)}</text>`;
  });
  const names = shown.map(({ path, downMs }) => `${path} down for ${shortDuration(downMs)}`).join("; ");
  const svg = `<svg role="img" aria-label="${htmlText(`When services were down: ${names}`)}" height="${height}">${lanes.map((lane) => `<g>${lane}</g>`).join("")}${ticks.join("")}</svg>`;
  return `<figure>${svg}<figcaption>${swatch("down")}nobody served &nbsp; ${swatch("missing")}somebody was missing; times in UTC</figcaption></figure>`;
}

/** Where the time of a recovery goes: the medians of its steps as one bar. */
export function recoveryChart({ steps }: Recovery): string {
  const parts = recoverySteps.map((step) => ({ step, ms: steps[step]?.median ?? 0 })).filter(({ ms }) => ms > 0);
  const sum = parts.reduce((total, { ms }) => total + ms, 0);
  if (sum === 0) return "";
  let at = 0;
  const bars = parts.map(({ step, ms }) => {
    const width = (100 * ms) / sum;
    const rect = `<rect class="${step}" x="${fixed(at)}%" y="0" width="${fixed(width)}%" height="22"><title>${step}: ${shortDuration(ms)}</title></rect>`;
    at += width;
    return rect;
  });
  const label = parts.map(({ step, ms }) => `${step} ${shortDuration(ms)}`).join(", ");
  return `<figure><svg role="img" aria-label="Medians: ${label}" height="22">${bars.join("")}</svg><figcaption>medians, side by side</figcaption></figure>`;
}

/** The colour of a bar, for its legend. */
export function swatch(kind: string): string {
  return `<svg class="key" aria-hidden="true"><rect class="${kind}" width="100%" height="100%"></rect></svg>`;
}

function bar(span: Span, window: Span, top: number, kind: string): string {
  const whole = Math.max(1, window.to - window.from);
  const width = Math.max(THINNEST, (100 * (span.to - span.from)) / whole);
  const left = Math.min(100 - width, (100 * (span.from - window.from)) / whole);
  return `<rect class="${kind}" x="${fixed(left)}%" y="${top}" width="${fixed(width)}%" height="12"></rect>`;
}

function fixed(percent: number): string {
  return String(Number(percent.toFixed(3)));
}
