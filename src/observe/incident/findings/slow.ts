import { latencyBoundsMs } from "../../../system/stats.js";
import { quantile } from "../../rates.js";
import { shortDuration } from "../../short-duration.js";
import { serviceOf } from "../availability.js";
import { type Distribution, distribution } from "../distribution.js";
import { type Finding, grouped, numbersOf, type Rule } from "../finding.js";
import type { IncidentInput } from "../incident-input.js";
import { type RecoveryStep, recoveredMs, stepTimes } from "../recovery.js";

/** Below this nobody notices where the time went. */
const NOTICED_MS = 1000;
/** A step that took more than this part of a recovery is what made it long. */
const MOST = 0.5;

/** A hang is noticed when its limit passes: the limit is the longest part of the outage. */
export const lateDetection: Rule = ({ deaths, input }) => {
  const hung = deaths.flatMap((death) => {
    const { cause } = death;
    // What was made to hang by hand says nothing of the limit.
    return cause.kind === "hung" && cause.by === undefined ? [{ death, cause }] : [];
  });
  return [
    ...grouped(hung, ({ death, cause }) => `${serviceOf(input.tree, death.path).path}\n${cause.method}`).values(),
  ].flatMap((same): Finding[] => {
    const { death, cause } = same[0]!;
    const { method, limitMs } = cause;
    const usual = p99Of(input, death.path);
    if (limitMs < NOTICED_MS) return [];
    const recoveries = distribution(
      same.flatMap(({ death: { times } }) => (times.restartMs ?? 0) + (times.warmMs ?? 0)),
    )!;
    if (recoveries.median > limitMs * MOST) return [];
    return [
      {
        rule: "limit-is-detection",
        severity: "warning",
        path: serviceOf(input.tree, death.path).path,
        title: `Noticing the hang of ${method} took its whole limit, ${shortDuration(limitMs)}; being back took ${shortDuration(recoveries.median)} more`,
        evidence: [
          ...same
            .slice(0, 3)
            .map(({ death: { id }, cause: { ageMs } }) => `report ${id}: it ran for ${shortDuration(ageMs)}`),
          ...(usual === undefined ? [] : [`99 of 100 of its asks took ${shortDuration(usual)} or less`]),
        ],
        advice: `Set a lower limit where ${method} never takes so long, about ten times its p99: static methods = { ${method}: { limit: "${suggested(usual, limitMs)}" } }.`,
        reports: numbersOf(same.map(({ death: one }) => one)),
      },
    ];
  });
};

/** Ten times what is usual, in whole seconds; "…" where nothing is known, or that would not be lower. */
function suggested(p99: number | undefined, limitMs: number): string {
  const seconds = p99 === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil((10 * p99) / 1000));
  return seconds * 1000 < limitMs ? `${seconds}s` : "…";
}

/** Of all methods of the service together, since the server began. */
function p99Of({ stats, tree }: IncidentInput, path: string): number | undefined {
  const service = serviceOf(tree, path).path;
  const latency = stats?.units.find((unit) => unit.path === service)?.latency;
  return latency && quantile(latency.buckets, latencyBoundsMs, 0.99);
}

const advices: Partial<Record<RecoveryStep, string>> = {
  restart: `Keep a host ready: spare: "empty" (the default) or "loaded"; a back-off grows with each death, so mend the cause first.`,
  warm: `Move what is heavy into static load() and keep a spare that has done it: spare: "loaded", or standby: "hot" where state counts.`,
  redeliver: "Its first message took this long: warm the model up in start(), before it counts as ready.",
};

/** Being back took long, and one step made it so. */
export const slowRecovery: Rule = ({ deaths, input }) => {
  const back = deaths.filter((death) => recoveredMs(death) !== undefined && death.cause.kind !== "start-failed");
  return [...grouped(back, ({ path }) => serviceOf(input.tree, path).path)].flatMap(([path, same]): Finding[] =>
    (["restart", "warm", "redeliver"] as const).flatMap((step): Finding[] => {
      const slow = same.filter((death) => {
        const ms = death.times[stepTimes[step]] ?? 0;
        const whole = recoveredMs(death)! - (death.times.detectMs ?? 0) + (death.times.redeliverMs ?? 0);
        return ms >= NOTICED_MS && ms > whole * MOST;
      });
      const times = distribution(slow.map(({ times }) => times[stepTimes[step]]!));
      if (!times) return [];
      const levels = [...new Set(slow.flatMap(({ level }) => level ?? []))];
      return [
        {
          rule: `slow-${step}`,
          severity: "warning",
          path,
          title: `${howMany(slow.length, same.length)} in "${step}": ${took(times)}`,
          evidence: [`came back by: ${levels.join(", ") || "unknown"}`],
          advice: advices[step]!,
          reports: numbersOf(slow),
        },
      ];
    }),
  );
};

/** "1 of 3 recoveries spent most of its time" */
function howMany(slow: number, all: number): string {
  if (all === 1) return "The only recovery spent most of its time";
  const whose = slow === 1 ? "its" : "their";
  return `${slow === all ? `All ${all}` : `${slow} of ${all}`} recoveries spent most of ${whose} time`;
}

function took({ count, median, worst }: Distribution): string {
  return count === 1 ? shortDuration(worst) : `median ${shortDuration(median)}, worst ${shortDuration(worst)}`;
}
