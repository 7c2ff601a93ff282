import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { incidentOf } from "../../../src/observe/incident/incident.js";
import { incidentHtml } from "../../../src/observe/incident/incident-html.js";
import { incidentMarkdown } from "../../../src/observe/incident/incident-markdown.js";
import { percent } from "../../../src/observe/incident/incident-text.js";
import { actor, death, input, minute, start, threw } from "./incident-cast.js";

const hostile = `</title><script>alert(1)</script>"'\u001b[2J\u202e| *a* \`b\` <img src=x onerror=y>\n## end`;

/** What moves a cursor, or turns a line around; line ends are the file's own. */
const steering = /[^\P{Cc}\n]|\p{Cf}/u;

function incident(name: string) {
  const path = `app/${name}`;
  const reports = [1, 2, 3].map((id) => death(id, start + id * minute, path, { cause: threw, failed: 1 }));
  const cause = { kind: "start-failed" as const, error: new Error(hostile) };
  const failed = death(4, start + 4 * minute, path, { cause, decision: "quarantine", times: {} });
  const tree = [actor(path, { name, state: "quarantined" })];
  return incidentOf(input(tree, { server: hostile, reports: [...reports, failed], gaps: [`events of ${name}`] }));
}

describe("an incident report as a file", () => {
  it("as HTML asks for nothing, runs nothing, and allows its own style alone", () => {
    const html = incidentHtml(incident("digits"));
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(html)!;
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(html)!;
    const hash = createHash("sha256").update(style!).digest("base64");
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
    const tags = [...html.matchAll(/<[a-z][^>]*>/gi)].map(([tag]) => tag);
    expect(tags.length).toBeGreaterThan(50);
    expect(tags.filter((tag) => /^<(script|link|img|iframe)|\s(style|src|href|on\w+)=/i.test(tag))).toEqual([]);
    expect(style).not.toMatch(/url\(|@import/);
    for (const part of ["app/digits is still down", "What to change", "start-failed", "report 4", "00:", "events of"]) {
      expect(html).toContain(part);
    }
  });

  it("shows names and errors as texts, whatever is in them", () => {
    const html = incidentHtml(incident(hostile));
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, tag]) => tag));
    expect([...tags].filter((tag) => ["script", "img"].includes(tag!))).toEqual([]);
    const plain = new Set([...incidentHtml(incident("digits")).matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, tag]) => tag));
    expect(tags).toEqual(plain);
    expect(html).toContain("&lt;img src=x onerror=y&gt;");
    expect(html).not.toMatch(steering);

    const markdown = incidentMarkdown(incident(hostile));
    const headings = (text: string) => text.split("\n").filter((line) => line.startsWith("#")).length;
    expect(headings(markdown)).toBe(headings(incidentMarkdown(incident("digits"))));
    expect(markdown).not.toMatch(steering);
    expect(markdown).not.toMatch(/<script|<img/);
    expect(markdown).toContain("\\*a\\*");
    const columns = markdown.split("\n").filter((line) => line.startsWith("| app/"));
    for (const line of columns) expect(line.match(/(?<!\\)\|/g)).toHaveLength(8);
    expect(columns).toHaveLength(1);
  });

  it("as Markdown says the same as a page that somebody can paste", () => {
    const text = incidentMarkdown(incident("digits"));
    expect(text).toMatch(/^# Incident report: /);
    expect(text).toContain("2026-05-01 03:00:00 to 03:10:00 UTC (10 min). Now: 1 quarantined.");
    expect(text).toContain("- events of digits");
    expect(text).toContain("### critical: app/digits: Nobody serves there since 03:04:00 UTC");
    expect(text).toContain("| app/digits | actor | 4 | 39.9 %, down now | 6 min | 6 min | 0 ms |");
    expect(text).toContain("| whole, until ready | 100 ms | 100 ms | 3 |");
    expect(text).toContain(
      "- `03:01:00.000` app/digits died: handler threw TypeError: x is undefined; back (spare) in 100 ms",
    );
  });

  it("rounds no availability up", () => {
    expect([1, 0.999999, 0.9997, 0.5, 0].map(percent)).toEqual(["100 %", "99.99990 %", "99.970 %", "50.0 %", "0.0 %"]);
  });
});
