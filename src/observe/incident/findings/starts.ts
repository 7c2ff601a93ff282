import { causeText } from "../../../system/death/report.js";
import { shortDuration } from "../../short-duration.js";
import { serviceOf } from "../availability.js";
import { type Finding, grouped, numbersOf, type Rule } from "../finding.js";

/** What cannot start is tried again with pauses that grow: until somebody mends the reason it only costs. */
export const startFailures: Rule = ({ deaths, input, services }) => {
  const failed = deaths.filter(({ cause }) => cause.kind === "start-failed");
  return [...grouped(failed, ({ path }) => serviceOf(input.tree, path).path)].map(([path, same]): Finding => {
    const down = services.some((service) => service.path === path && service.down);
    const texts = [...new Set(same.map(({ cause }) => causeText(cause)))];
    return {
      rule: "start-failed",
      severity: down ? "critical" : "warning",
      path,
      title: `${same.length} failed start${same.length === 1 ? "" : "s"}${down ? ", and it does not run now" : "; it runs again"}`,
      evidence: texts.slice(0, 3),
      advice: down
        ? "Mend what the message names (a file, an address, a package), then restart it: its budget begins anew."
        : "Have start() and load() wait for what they need, with a deadline, instead of failing at once.",
      reports: numbersOf(same),
    };
  });
};

/** A supervisor or child over its budget is parked, or takes its supervisor along. */
export const overBudget: Rule = ({ deaths, input }) => {
  const over = deaths.filter(
    ({ decision, cause }) => (decision === "quarantine" || decision === "escalate") && cause.kind !== "start-failed",
  );
  return [...grouped(over, ({ path }) => serviceOf(input.tree, path).path)].map(([path, same]): Finding => {
    const last = same.at(-1)!;
    const members = new Set(same.map((death) => death.path)).size;
    const who = members === 1 ? "It" : `${members} of its members`;
    const budget = members === 1 ? "its restart budget allows, and was" : "their restart budgets allow, and were";
    const what = last.decision === "quarantine" ? "parked" : `handed to ${members === 1 ? "its" : "their"} supervisor`;
    return {
      rule: "over-budget",
      severity: "critical",
      path,
      title: `${who} died more often than ${budget} ${what}`,
      evidence: same.slice(-3).map(({ id, cause }) => `report ${id}: ${causeText(cause)}`),
      advice: `Mend the cause, then restart it by hand. Widen intensity only where these deaths are expected: { restarts, within }.`,
      reports: numbersOf(same),
    };
  });
};

/** Deaths in quick succession at one service, for the same reasons. */
export const crashLoop: Rule = ({ deaths, input }) => {
  const own = deaths.filter(({ cause }) => cause.kind !== "killed" && cause.kind !== "start-failed");
  return [...grouped(own, ({ path }) => serviceOf(input.tree, path).path)].flatMap(([path, all]): Finding[] => {
    const reasons = [...grouped(all, ({ cause }) => causeText(cause))].filter(([, same]) => same.length >= 3);
    if (reasons.length === 0) return [];
    reasons.sort(([, a], [, b]) => b.length - a.length);
    const same = reasons.flatMap(([, those]) => those).sort((a, b) => a.at - b.at || a.id - b.id);
    const methods = [...new Set(same.flatMap(({ executing }) => executing.map(({ method }) => method)))];
    const spanMs = same.at(-1)!.at - same[0]!.at;
    const where =
      methods.length > 0 ? `while it executed ${methods.slice(0, 3).join(", ")}` : "while it executed nothing";
    const texts = reasons
      .slice(0, 3)
      .map(([text, { length }]) => (reasons.length === 1 ? text : `${length} ×: ${text}`));
    return [
      {
        rule: "crash-loop",
        severity: "warning",
        path,
        title: `${same.length} deaths for ${reasons.length === 1 ? "one reason" : `${reasons.length} reasons`} within ${shortDuration(spanMs)}`,
        evidence: [...texts, where],
        advice: `Restarts do not mend this: look for a defect in ${methods[0] ?? "what it does by itself"}, or in what it calls. Report ${same.at(-1)!.id} is the newest, with the flight recorder.`,
        reports: numbersOf(same),
      },
    ];
  });
};
