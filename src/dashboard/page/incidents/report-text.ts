import type { DeathReport, DeathTimes, MessageEvidence } from "../../../system/death/report.js";
import { durationText } from "../kit/number-text.js";

/** The five times of a death, in their order: name and meaning. */
export const steps: readonly (readonly [keyof DeathTimes, string, string])[] = [
  ["detectMs", "detect", "fault to notice"],
  ["decideMs", "decide", "notice to decision"],
  ["restartMs", "restart", "decision to a host that runs"],
  ["warmMs", "warm", "load, start and restore"],
  ["redeliverMs", "redeliver", "ready to the first answer"],
];

const levels = { "in-place": "in place", standby: "from its standby", spare: "from a spare", cold: "cold" } as const;

/** "restart from a spare". */
export function doneText({ decision, level }: DeathReport): string {
  return decision === "restart" && level ? `restart ${levels[level]}` : decision;
}

export function whoText({ path, key }: DeathReport): string {
  return key === undefined ? path : `${path} [${key}]`;
}

/** From the fault until it could serve; undefined while it does not. */
export function backMs({ times, decision }: DeathReport): number | undefined {
  if (decision !== "restart" || times.warmMs === undefined) return undefined;
  return (times.detectMs ?? 0) + (times.decideMs ?? 0) + (times.restartMs ?? 0) + times.warmMs;
}

/** What became of the messages that had been handed to it: "1 failed, 3 redelivered". */
export function fatesText({ redelivered, failed, poisoned, answersLost }: DeathReport): string {
  const fates = [
    [failed, "failed"],
    [redelivered, "redelivered"],
    [poisoned, "poisoned"],
    [answersLost?.length ?? 0, "answers lost"],
  ] as const;
  const told = fates.filter(([count]) => count > 0).map(([count, fate]) => `${count} ${fate}`);
  return told.length === 0 ? "no message was lost" : told.join(", ");
}

/** Never the payload: its form, size and digest tell messages apart. */
export function evidenceText({ method, seq, shape, bytes, ranForMs, deaths, digest }: MessageEvidence): string {
  const ran = ranForMs === undefined ? "" : `, for ${durationText(ranForMs)}`;
  const again = deaths > 1 ? `, its ${deaths}. death` : "";
  return `${method} #${seq} ${shape}, ${bytes} bytes, digest ${digest}${ran}${again}`;
}
