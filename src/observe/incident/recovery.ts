import type { DeathReport, DeathTimes } from "../../system/death/report.js";
import { type Distribution, distribution } from "./distribution.js";
import { isFault } from "./outages.js";

/** The steps from a fault to the first answer after it, in their order. */
export const recoverySteps = ["detect", "decide", "restart", "warm", "redeliver"] as const;

export type RecoveryStep = (typeof recoverySteps)[number];

/** How long it took to be back, in ms. */
export interface Recovery {
  /** From the fault to service; redelivery is not in it. */
  readonly total: Distribution | undefined;
  readonly steps: Readonly<Record<RecoveryStep, Distribution | undefined>>;
  /** The number of the report that took longest. */
  readonly worstReport: number | undefined;
  /** Where most of the time went, over all deaths. */
  readonly longestStep: RecoveryStep | undefined;
  /** The same total by what had happened, the slowest first. */
  readonly byCause: readonly { readonly cause: string; readonly total: Distribution }[];
}

export const stepTimes: Record<RecoveryStep, keyof DeathTimes> = {
  detect: "detectMs",
  decide: "decideMs",
  restart: "restartMs",
  warm: "warmMs",
  redeliver: "redeliverMs",
};

/** From the fault until it was ready again; undefined where it did not come back, or has not yet. */
export function recoveredMs({ decision, times }: DeathReport): number | undefined {
  const { detectMs = 0, decideMs = 0, restartMs = 0, warmMs } = times;
  return decision === "restart" && warmMs !== undefined ? detectMs + decideMs + restartMs + warmMs : undefined;
}

/** The mean time to recover, taken apart: medians and worsts of those that came back. */
export function recoveryOf(reports: readonly DeathReport[]): Recovery {
  const back = reports.filter((report) => isFault(report) && recoveredMs(report) !== undefined);
  const totals = back.map((report) => recoveredMs(report)!);
  const times = (step: RecoveryStep) => back.flatMap(({ times }) => times[stepTimes[step]] ?? []);
  const steps = Object.fromEntries(recoverySteps.map((step) => [step, distribution(times(step))])) as Recovery["steps"];
  const sums = recoverySteps.map((step) => ({ step, sum: times(step).reduce((sum, ms) => sum + ms, 0) }));
  const longest = sums.reduce((most, one) => (one.sum > most.sum ? one : most));
  const causes = [...new Set(back.map(({ cause }) => cause.kind))].map((cause) => ({
    cause: cause as string,
    total: distribution(back.filter((report) => report.cause.kind === cause).map((report) => recoveredMs(report)!))!,
  }));
  return {
    total: distribution(totals),
    steps,
    worstReport: back[totals.indexOf(Math.max(...totals))]?.id,
    longestStep: longest.sum > 0 ? longest.step : undefined,
    byCause: causes.sort((a, b) => b.total.median - a.total.median),
  };
}
