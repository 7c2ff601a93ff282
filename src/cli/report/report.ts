import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import type { Client } from "../../client/client.js";
import { realClock } from "../../clock.js";
import { type Incident, incidentOf } from "../../observe/incident/incident.js";
import { incidentHtml } from "../../observe/incident/incident-html.js";
import { incidentMarkdown } from "../../observe/incident/incident-markdown.js";
import type { DeathReport } from "../../system/death/report.js";
import { CommandError, durationOption, exitCodes, parseCommand, wholeNumber } from "../command.js";
import { firstTree, reach, reachHelp, reachOptions, urlOf } from "../connection/reach.js";
import { reachAdmin } from "../connection/reach-admin.js";
import { helpText } from "../terminal/help-text.js";
import { terminal } from "../terminal/terminal.js";
import { recall } from "./recall.js";
import { reportLines } from "./report-lines.js";

const help = `holdfast report <url> [--since 1h] [options]
holdfast report <url> <id> [options]

Writes one incident report of what a server remembers: what died, why, what it cost the callers, how long it took to be back,
how available each service was, the timeline, and what to change. With the number of a death: its crash report, in full.

  --all            with <id>: all that its flight recorder had, up to 256 events, and not the last 12; for operators: the admin
                   token in HOLDFAST_ADMIN_TOKEN
  --since TIME     how far back: 10m, 1h (default), 24h; not with <id>
  --format FORMAT  markdown (default), html (one file without scripts, for screen and paper), or json; not with <id>
  --out FILE       where to write it; default: the output. Its ending gives the format: .md, .html, .json
  --json           the same as --format json; of one crash report too
${reachHelp}
  -h, --help

Environment: HOLDFAST_TOKEN, where the server asks for one. A server that other machines reach shows this to operators only:
give its admin token. NO_COLOR: without colour.

Exit codes: 0 written, 1 no server there, a wrong token, no such report, or a file that cannot be written, 2 wrong option or
url.

  holdfast report http://127.0.0.1:8080 --since 1h --out incident.html
  holdfast report http://127.0.0.1:8080 7
`;

const formats = ["markdown", "html", "json"] as const;
type Format = (typeof formats)[number];

const endings: Record<string, Format> = {
  ".md": "markdown",
  ".markdown": "markdown",
  ".html": "html",
  ".htm": "html",
  ".json": "json",
};

/** `holdfast report`. */
export async function report(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("report", args, {
    since: { type: "string" },
    format: { type: "string" },
    out: { type: "string" },
    json: { type: "boolean" },
    all: { type: "boolean" },
    ...reachOptions,
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [url, id] = urlOf("report", positionals, 2);
  const number = id === undefined ? undefined : reportNumber(id);
  if (number !== undefined && (values.since ?? values.format) !== undefined) {
    throw new CommandError(
      `--since and --format are for a window of time, not for report ${id}\nsee: holdfast report --help`,
    );
  }
  if (number === undefined && values.all) {
    throw new CommandError(`--all is for one crash report: give its number too\nsee: holdfast report --help`);
  }
  const asJson = number !== undefined && oneAsJson(values.out, values.json);
  const format = number === undefined ? formatOf(values.format, values.out, values.json) : "markdown";
  const sinceMs = durationOption("since", values.since ?? "1h");
  const client = await (values.all ? reachAdmin : reach)({ command: "report", url, ...values });
  try {
    const text =
      number === undefined
        ? await incident(client, url, sinceMs, format)
        : await one(client, url, number, asJson, values.all);
    await write(text, values.out);
    return exitCodes.ok;
  } finally {
    client.close();
  }
}

async function incident(client: Client, url: string, sinceMs: number, format: Format): Promise<string> {
  const to = realClock.wallTime();
  return formatted(incidentOf(await recall(client, url, { from: to - sinceMs, to })), format);
}

function formatted(made: Incident, format: Format): string {
  switch (format) {
    case "markdown":
      return incidentMarkdown(made);
    case "html":
      return incidentHtml(made);
    case "json":
      return `${JSON.stringify(made)}\n`;
  }
}

async function one(client: Client, url: string, number: number, json = false, all = false): Promise<string> {
  const { reports = [] } = await firstTree(client, url);
  const whole = all ? await client.admin.report(number) : reports.find(({ id }) => id === number);
  const found = whole ?? (await remembered(client, number));
  if (!found) {
    const known = reports.length === 0 ? "nobody has died there" : `it has ${reports[0]!.id} to ${reports.at(-1)!.id}`;
    throw new CommandError(`${url} has no report ${number}: ${known}`, exitCodes.failed);
  }
  if (json) return `${JSON.stringify(found)}\n`;
  const { width, paint } = terminal();
  return `${reportLines(found, width, paint).join("\n")}\n`;
}

/** An older one: without its flight recorder and record, which are large. */
async function remembered(client: Client, number: number): Promise<DeathReport | undefined> {
  const { events } = await client.events({ types: ["report"] });
  const reports = events.map(({ event }) => (event as { report: DeathReport }).report);
  return reports.find(({ id }) => id === number);
}

async function write(text: string, out: string | undefined): Promise<void> {
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFile(out, text);
  } catch (error) {
    throw new CommandError(`cannot write ${out}: ${(error as Error).message}`, exitCodes.failed);
  }
  process.stderr.write(`written to ${out}\n`);
}

function reportNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new CommandError(`"${text}" is no number of a report\nsee: holdfast report --help`);
  return wholeNumber("id", text, 0, Number.MAX_SAFE_INTEGER)!;
}

/** One crash report is text or JSON. */
function oneAsJson(out: string | undefined, json = false): boolean {
  const ending = out === undefined ? "" : extname(out).toLowerCase();
  if (ending === ".json" || json) return true;
  if (["", ".txt", ".md"].includes(ending)) return false;
  throw new CommandError(`--out is "${out}", and one crash report is text or JSON: end it with .txt, .md or .json`);
}

function formatOf(named: string | undefined, out: string | undefined, json = false): Format {
  const wanted = named === "md" ? "markdown" : named;
  const known = formats.find((format) => format === wanted);
  if (wanted !== undefined && !known) {
    throw new CommandError(`--format is "${named}": give markdown, html or json`);
  }
  if (json && known !== undefined && known !== "json")
    throw new CommandError(`--json and --format ${named} exclude each other`);
  const asked = known ?? (json ? "json" : undefined);
  if (out === undefined) return asked ?? "markdown";
  const ending = extname(out).toLowerCase();
  if (ending === "") return asked ?? "markdown";
  const byEnding = Object.hasOwn(endings, ending) ? endings[ending]! : undefined;
  if (asked !== undefined && (byEnding === undefined || byEnding === asked)) return asked;
  if (byEnding === undefined) {
    throw new CommandError(`--out is "${out}": end it with .md, .html or .json, or give --format`);
  }
  if (asked !== undefined) {
    throw new CommandError(`--out is "${out}", and ${ending} is not ${asked}: give one of them, or another ending`);
  }
  return byEnding;
}
