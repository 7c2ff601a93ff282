import { realClock } from "../clock.js";
import { timeText } from "../observe/incident/incident-text.js";
import type { SystemEvent } from "../system/events.js";
import { exitCodes, parseCommand } from "./command.js";
import { type EventFilter, eventFilter, matches, shownLine } from "./event-filter.js";
import { follow } from "./follow.js";
import { reach, reachHelp, reachOptions, urlOf } from "./reach.js";
import { terminal } from "./terminal.js";
import { oneLine } from "./terminal-text.js";
import { Ties } from "./ties.js";
import { wrapped } from "./wrapped.js";

const help = `holdfast events <url> [options]

Tells what happens on a server while it happens, until Ctrl-C: deaths with their reasons, restarts, scaling, dead letters,
stores, breakers. On a terminal long lines are wrapped; elsewhere an event is one line, whole.

  --path PATH      of one branch only: models/speech
  --type TYPE      of this type only: report, dead-letter, scaled, life, …; several: with commas, or given again
  --json           a JSON object in a line for every event: { "at": ms since 1970, "event": { "type", … } }
${reachHelp}
  -h, --help

Environment: HOLDFAST_TOKEN, where the server asks for one. A server that other machines reach shows this to operators only:
give its admin token. NO_COLOR: without colour.

Exit codes: 0 until Ctrl-C, 1 no server there or a wrong token, 2 wrong option or url.

  holdfast events http://127.0.0.1:8080
  holdfast events http://127.0.0.1:8080 --type report,dead-letter --path digits
`;

/** "03:12:04.123  " */
const STAMP = 14;

/** `holdfast events`. */
export async function events(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("events", args, {
    path: { type: "string" },
    type: { type: "string", multiple: true },
    json: { type: "boolean" },
    ...reachOptions,
  });
  if (values.help) {
    process.stdout.write(help);
    return exitCodes.ok;
  }
  const [url] = urlOf("events", positionals);
  const filter = eventFilter(values.type, values.path);
  const client = await reach({ command: "events", url, ...values });
  let told = false;
  const ties = new Ties((text) => void process.stderr.write(text));
  try {
    return await follow({
      client,
      url,
      hear: (news) => {
        ties.back();
        if (!told) process.stderr.write(`what happens at ${oneLine(url)} from now on; Ctrl-C ends\n`);
        told = true;
        if (news.type !== "event") return;
        if (news.missed > 0) process.stderr.write(`${news.missed} events were missed: this reader was slow\n`);
        if (matches(filter, news.event)) show(realClock.wallTime(), news.event, filter, values.json);
      },
      lost: (reason) => ties.lost(reason),
      end: () => {},
    });
  } finally {
    client.close();
  }
}

function show(at: number, event: SystemEvent, filter: EventFilter, json = false): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ at, event })}\n`);
    return;
  }
  const line = shownLine(filter, event);
  if (line === undefined) return;
  const { width, paint } = terminal();
  const lines = process.stdout.isTTY ? wrapped(line, Math.max(20, width - STAMP)) : [oneLine(line)];
  const look = event.type === "report" || event.type === "death" ? (["red"] as const) : [];
  const stamp = paint(timeText(at), "dim");
  const text = lines.map((part, index) => `${index === 0 ? `${stamp}  ` : " ".repeat(STAMP)}${paint(part, ...look)}`);
  process.stdout.write(`${text.join("\n")}\n`);
}
