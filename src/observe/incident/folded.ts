import type { Finding } from "./finding.js";

/** Says why somebody died better than those after it in the table. */
const causes = ["message-killed-twice", "start-failed", "heap-limit", "same-payload", "signal", "exited"];

/**
 * Rules that say again what another has said better, where it is about the same deaths:
 *
 *   over-budget ──▸ still-down
 *   crash-loop  ──▸ exited ──▸ signal ──▸ same-payload ──▸ heap-limit, start-failed, message-killed-twice
 *
 * What has an advice of its own (a limit, a slow start) is never folded.
 */
const saidBy: Readonly<Record<string, readonly string[]>> = {
  "over-budget": ["still-down"],
  "same-payload": causes.slice(0, 3),
  signal: causes.slice(0, 4),
  exited: causes.slice(0, 4),
  "crash-loop": causes,
};

/** Of the reports of a finding: the last death of a loop may not be charged with what all before it were. */
const MOST_SHARED = 0.75;

/** Lines of evidence that a finding keeps of those folded into it. */
const MOST_EVIDENCE = 6;

/** Each cause once: a finding whose deaths another one names, and explains, leaves its title there as evidence. */
export function folded(findings: readonly Finding[]): Finding[] {
  const kept = findings.map((finding) => ({ finding, evidence: [...finding.evidence], dropped: false }));
  for (const one of kept) {
    const better = saidBy[one.finding.rule] ?? [];
    const into = better
      .flatMap((rule) => kept.filter((other) => other.finding.rule === rule && !other.dropped))
      .find((other) => covers(other.finding, one.finding));
    if (!into) continue;
    one.dropped = true;
    const more = [one.finding.title, ...one.evidence].filter(
      (line) => !into.evidence.some((known) => saysAll(known, line)),
    );
    into.evidence.push(...more.slice(0, Math.max(1, MOST_EVIDENCE - into.evidence.length)));
  }
  return kept.flatMap(({ finding, evidence, dropped }) => (dropped ? [] : [{ ...finding, evidence }]));
}

/** "report 6: it died; decided: quarantine" has "report 6: it died" in it. */
function saysAll(known: string, line: string): boolean {
  return known === line || known.startsWith(`${line}; `);
}

function covers(better: Finding, other: Finding): boolean {
  if (better.path !== other.path || other.reports.length === 0) return false;
  const known = new Set(better.reports);
  return other.reports.filter((id) => known.has(id)).length >= MOST_SHARED * other.reports.length;
}
