import { bytesText } from "../../observe/bytes-text.js";
import { dateText } from "../../observe/incident/incident-text.js";
import { recoverySteps, stepTimes } from "../../observe/incident/recovery.js";
import { placeText } from "../../observe/place-text.js";
import { shortDuration } from "../../observe/short-duration.js";
import { flightLines } from "../../system/death/flight-lines.js";
import { causeText, type DeathReport, type MessageEvidence } from "../../system/death/report.js";
import { type Paint, painter } from "../terminal/paint.js";
import { harmless, oneLine, padded, shortened } from "../terminal/terminal-text.js";
import { wrapped } from "../terminal/wrapped.js";

const LABEL = 11;
const BAR = 30;

/**
 * One crash report, the whole of it, never wider than asked:
 *
 *   report 7: app/speech died at 2026-05-01 02:33:04 UTC
 *   who        incarnation 3 on thread 4
 *   why        transcribe ran for 30040 ms, limit 30000 ms, awaiting what never came
 *   executing  transcribe #9 [Float32Array(512)], 2048 bytes, digest 00ff…, ran 30 s
 *   mail       2 redelivered, 1 failed
 *   decided    restart, back by a spare
 *   took       30 s
 *     detect     30 s     ██████████████████████████████
 *     …
 *   the last events there
 *       -12.3 ms  started   transcribe #9
 */
export function reportLines(report: DeathReport, width: number, paint: Paint = painter(false)): string[] {
  const { id, at, incarnation, host, cause, executing, answersLost, decision, level, flightOmitted = 0 } = report;
  // An older report, which is remembered without it.
  const flight: DeathReport["flight"] | undefined = report.flight;
  const name = placeText(report);
  const field = (label: string, text: string) =>
    wrapped(text, width - LABEL).map(
      (line, index) => `${paint(padded(index === 0 ? label : "", LABEL), "dim")}${line}`,
    );
  const fields = (label: string, texts: readonly string[]) =>
    texts.flatMap((text, at) => field(at === 0 ? label : "", text));
  const events = flightLines(report, flight?.length ?? 0).map((line) =>
    shortened(harmless(line.replace(/\s/g, " ")), width),
  );
  return [
    paint(shortened(oneLine(`report ${id}: ${name} died at ${dateText(at)} UTC`), width), "bold"),
    ...field(
      "who",
      `incarnation ${incarnation} on ${host}${report.standby ? ", a hot standby: no mail was with it" : ""}`,
    ),
    ...field("why", causeText(cause)),
    ...fields("with it", report.together ?? []),
    ...fields("executing", executing.length > 0 ? executing.map(evidenceText) : ["nothing"]),
    ...fields("answers lost", answersLost.map(evidenceText)),
    ...field("mail", mailText(report)),
    ...field("decided", `${decision}${level ? `, back by ${levels[level]}` : ""}`),
    ...field("record", recordText(report)),
    ...timeLines(report, width, paint),
    ...(events.length > 0
      ? [paint(shortened(eventsHead(events.length, flightOmitted), width), "dim"), ...events]
      : field("events", flight ? "none are known" : "flight recorder: no longer kept")),
  ];
}

function eventsHead(shown: number, omitted: number): string {
  if (omitted === 0) return "the last events there";
  return `the last ${shown} of ${shown + omitted} events there: --all shows all`;
}

const levels = {
  "in-place": "a rebuild in place",
  standby: "its standby",
  spare: "a spare",
  cold: "a cold start",
} as const;

function mailText({ redelivered, failed, poisoned }: DeathReport): string {
  const parts = [
    `${redelivered} redelivered`,
    `${failed} failed`,
    ...(poisoned > 0 ? [`${poisoned} quarantined`] : []),
  ];
  return parts.join(", ");
}

/** What may be shown of a message: never its payload. */
function evidenceText({ method, seq, shape, bytes, digest, ranForMs, deaths }: MessageEvidence): string {
  const parts = [`${method} #${seq} ${shape}`, `${bytes} bytes`];
  if (digest !== "") parts.push(`digest ${digest}`);
  if (ranForMs !== undefined) parts.push(`ran ${shortDuration(ranForMs)}`);
  if (deaths > 1) parts.push(`its death number ${deaths}`);
  return parts.join(", ");
}

function recordText({ record }: DeathReport): string {
  if (!record) return "none is kept, or no host was ready";
  const { phase, beatAgeMs, heap, external } = record;
  const parts = [`phase ${phase}`];
  if (beatAgeMs !== undefined) parts.push(`last beat ${shortDuration(beatAgeMs)} before`);
  if (heap !== undefined) parts.push(`heap ${bytesText(heap)}`);
  if (external !== undefined) parts.push(`external ${bytesText(external)}`);
  return parts.join(", ");
}

function timeLines({ times }: DeathReport, width: number, paint: Paint): string[] {
  const known = recoverySteps.flatMap((step) => {
    const ms = times[stepTimes[step]];
    return ms === undefined ? [] : [{ step, ms }];
  });
  if (known.length === 0) return [];
  const whole = known.reduce((sum, { ms }) => sum + ms, 0);
  const room = Math.min(BAR, Math.max(0, width - 2 * LABEL - 2));
  return [
    `${paint(padded("took", LABEL), "dim")}${shortDuration(whole)}`,
    ...known.map(({ step, ms }) => {
      const bar = "█".repeat(Math.round((room * ms) / Math.max(whole, 1e-9)));
      return `  ${padded(step, LABEL - 1)}${padded(shortDuration(ms), LABEL - 1)}${paint(bar, "yellow")}`.trimEnd();
    }),
  ];
}
