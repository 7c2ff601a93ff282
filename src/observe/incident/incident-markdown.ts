import type { Incident } from "./incident.js";
import {
  causesText,
  costRows,
  distributionText,
  MOST_ROWS,
  serviceHeads,
  serviceRows,
  timeText,
  windowText,
} from "./incident-text.js";
import { recoverySteps } from "./recovery.js";

/** The incident report as one Markdown file. Texts from elsewhere (names, errors) are escaped: they add no markup and no line. */
export function incidentMarkdown(incident: Incident): string {
  const { server, verdict, now, deaths, services, recovery, findings, moreFindings, timeline, omitted, gaps } =
    incident;
  const shown = firstOf(findings);
  const later = findings.slice(shown);
  const parts = [
    `# Incident report: ${safe(server)}`,
    `${windowText(incident)}. Now: ${safe(now) || "nothing"}.`,
    `**${safe(verdict)}**`,
    deaths === 0 ? "" : `Deaths: ${deaths} (${causesText(incident)}).`,
    gaps.length === 0
      ? ""
      : ["What is not known of this window:", "", ...gaps.map((gap) => `- ${safe(gap)}`)].join("\n"),
    "## What to change",
    findings.length === 0 ? "Nothing that a rule knows of." : findings.slice(0, shown).map(findingText).join("\n\n"),
    later.length > 0 ? `${later.length} more after the recovery, below.` : "",
    ...(deaths === 0 ? [] : ["## Availability", availabilityText(services)]),
    "## What it cost the callers",
    table(["", "count"], costRows(incident)),
    ...(recovery.total ? ["## How long it took to be back", recoveryText(incident)] : []),
    ...(later.length > 0 ? ["## More to change", later.map(findingText).join("\n\n")] : []),
    moreFindings > 0 ? `${moreFindings} more findings are not shown.` : "",
    "## Timeline",
    timeline.length === 0
      ? "Nothing happened."
      : [
          ...timeline.map(({ at, text, report, times }) => {
            const number = report === undefined ? "" : ` (report ${report})`;
            return `- \`${timeText(at)}\` ${safe(text)}${number}${times > 1 ? ` × ${times}` : ""}`;
          }),
          ...(omitted > 0 ? [`- ${omitted} more in the middle are left out`] : []),
        ].join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Lines of advice before the figures: what fits a screen. */
const MOST_LINES = 28;

/** How many findings, the worst first, fit before the figures; one does always. */
function firstOf(findings: Incident["findings"]): number {
  let lines = 0;
  const fits = findings.findIndex((finding) => {
    lines += findingText(finding).split("\n").length + 1;
    return lines > MOST_LINES;
  });
  return fits === -1 ? findings.length : Math.max(1, fits);
}

function findingText({ severity, path, title, evidence, advice, reports }: Incident["findings"][number]): string {
  const named = reports.length > 0 ? [`- reports: ${reports.join(", ")}`] : [];
  return [
    `### ${severity}: ${safe(path)}: ${safe(title)}`,
    "",
    ...evidence.map((line) => `- ${safe(line)}`),
    ...named,
    `- **${safe(advice)}**`,
  ].join("\n");
}

function availabilityText(services: Incident["services"]): string {
  const more = services.length > MOST_ROWS ? `\n\n${services.length - MOST_ROWS} more are not shown.` : "";
  return `${table(serviceHeads, serviceRows(services))}${more}\n\n"down": nobody served; "degraded": somebody was missing while others served.`;
}

function recoveryText({ recovery }: Incident): string {
  const rows = [
    ["whole, until ready", ...distributionText(recovery.total)],
    ...recoverySteps.map((step) => [step, ...distributionText(recovery.steps[step])]),
    ...recovery.byCause.map(({ cause, total }) => [`whole, of ${cause}`, ...distributionText(total)]),
  ];
  const worst = recovery.worstReport === undefined ? "" : `\n\nThe slowest is report ${recovery.worstReport}.`;
  return `${table(["step", "median", "worst", "count"], rows)}${worst}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(safe).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => " --- ").join("|")}|`, ...rows.map(line)].join("\n");
}

/** In one line and without a meaning in Markdown or HTML, nor to a terminal that shows the file. */
function safe(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd")
    .replace(/[\\`*_{}[\]<>|~]|^#/g, (mark) => (mark === "<" ? "&lt;" : mark === ">" ? "&gt;" : `\\${mark}`))
    .replace(/&(?!lt;|gt;)/g, "&amp;")
    .trim();
}
