import { createHash } from "node:crypto";
import { shortDuration } from "../short-duration.js";
import { htmlText } from "./html-text.js";
import type { Incident } from "./incident.js";
import { outageChart, recoveryChart, swatch } from "./incident-chart.js";
import { incidentStyle } from "./incident-style.js";
import {
  causesText,
  costRows,
  distributionText,
  MOST_ROWS,
  percent,
  serviceHeads,
  serviceRows,
  timeText,
  windowText,
} from "./incident-text.js";
import { recoverySteps } from "./recovery.js";

/**
 * The incident report as one HTML file that asks for nothing: no script, and a policy that would let none run, nor any style
 * but its own.
 */
export function incidentHtml(incident: Incident): string {
  const { server, verdict, now, services, findings, moreFindings, gaps, recovery, from, to } = incident;
  const hash = createHash("sha256").update(incidentStyle).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const unknown = gaps.map((gap) => `<li>${htmlText(gap)}</li>`).join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Incident report: ${htmlText(server)}</title>
<style>${incidentStyle}</style>
</head>
<body>
<main>
<h1>Incident report: ${htmlText(server)}</h1>
<p class="verdict">${htmlText(verdict)}</p>
<p class="soft">${windowText(incident)}. Now: ${htmlText(now) || "nothing"}.</p>
${figures(incident)}
${unknown && `<section><h2>What is not known of this window</h2><ul>${unknown}</ul></section>`}
<section><h2>What to change</h2>
${findings.map(finding).join("\n") || "<p>Nothing that a rule knows of.</p>"}
${moreFindings > 0 ? `<p class="soft">${moreFindings} more findings are not shown.</p>` : ""}
</section>
${services.length === 0 ? "" : `<section><h2>Availability</h2>${outageChart(services, { from, to })}${availability(incident)}</section>`}
<section><h2>What it cost the callers</h2>${table(["", "count"], costRows(incident))}</section>
${recovery.total ? `<section><h2>How long it took to be back</h2>${recoveryChart(recovery)}${recoveryTable(incident)}</section>` : ""}
<section><h2>Timeline</h2>${timeline(incident)}</section>
</main>
</body>
</html>
`;
}

function figures(incident: Incident): string {
  const { deaths, services, cost, recovery } = incident;
  const least = services[0];
  const rows: [string, string][] = [
    [`deaths${deaths > 0 ? `: ${causesText(incident)}` : ""}`, String(deaths)],
    [least ? "availability of the least available service" : "availability", percent(least?.availability ?? 1)],
    ["messages failed", String(cost.failed + cost.poisoned)],
    ["messages redelivered", String(cost.redelivered)],
  ];
  if (recovery.total)
    rows.push([
      "until back: median, worst",
      `${shortDuration(recovery.total.median)}, ${shortDuration(recovery.total.worst)}`,
    ]);
  return `<dl class="figures">${rows.map(([label, value]) => `<div><dt>${htmlText(label)}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
}

function finding({ severity, path, title, evidence, advice, reports }: Incident["findings"][number]): string {
  const lines = evidence.map((line) => `<li>${htmlText(line)}</li>`);
  if (reports.length > 0) lines.push(`<li>reports: ${reports.join(", ")}</li>`);
  return `<article class="finding ${severity}"><p class="mark">${severity}</p><h3>${htmlText(title)}</h3><p class="path">${htmlText(path)}</p><ul>${lines.join("")}</ul><p>${htmlText(advice)}</p></article>`;
}

function availability({ services }: Incident): string {
  const more =
    services.length > MOST_ROWS ? `<p class="soft">${services.length - MOST_ROWS} more are not shown.</p>` : "";
  return `${table(serviceHeads, serviceRows(services))}${more}<p class="soft">Down: nobody served. Degraded: somebody was missing while others served.</p>`;
}

function recoveryTable({ recovery }: Incident): string {
  const row = (label: string, times: Parameters<typeof distributionText>[0]) => [label, ...distributionText(times)];
  const rows = [
    row("whole, until ready", recovery.total),
    ...recoverySteps.map((step) => row(step, recovery.steps[step])),
    ...recovery.byCause.map(({ cause, total }) => row(`whole, of ${cause}`, total)),
  ];
  const keys = ["", ...recoverySteps.map((step) => swatch(step))];
  const worst =
    recovery.worstReport === undefined ? "" : `<p class="soft">The slowest is report ${recovery.worstReport}.</p>`;
  return `${table(["step", "median", "worst", "count"], rows, keys)}${worst}`;
}

function timeline({ timeline: entries, omitted }: Incident): string {
  if (entries.length === 0) return "<p>Nothing happened.</p>";
  const rows = entries.map(({ at, kind, text, report, times }) => {
    const number = report === undefined ? "" : ` <span class="soft">(report ${report})</span>`;
    const often = times > 1 ? ` <span class="soft">× ${times}</span>` : "";
    return `<tr><td class="when"><time datetime="${new Date(at).toISOString()}">${timeText(at)}</time></td><td class="text">${kind === "death" ? '<span class="bad">●</span> ' : ""}${htmlText(text)}${number}${often}</td></tr>`;
  });
  const more = omitted > 0 ? `<p class="soft">${omitted} more in the middle are left out.</p>` : "";
  return `<table><thead><tr><th scope="col">UTC</th><th scope="col">what</th></tr></thead><tbody>${rows.join("")}</tbody></table>${more}`;
}

/** @param keys markup before the first cell of each row */
function table(heads: readonly string[], rows: readonly (readonly string[])[], keys: readonly string[] = []): string {
  const head = heads
    .map((text, at) => `<th scope="col"${at > 0 ? ' class="number"' : ""}>${htmlText(text)}</th>`)
    .join("");
  const body = rows.map((cells, row) => {
    const [first = "", ...rest] = cells;
    const others = rest.map((cell) => `<td class="number">${htmlText(cell)}</td>`).join("");
    return `<tr><td class="text">${keys[row] ?? ""}${htmlText(first)}</td>${others}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}
