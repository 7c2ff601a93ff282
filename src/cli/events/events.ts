import type { Client } from "../../client/client.js";
import { durationOption, exitCodes, parseCommand } from "../command.js";
import { follow } from "../connection/follow.js";
import { nothingAt } from "../connection/nothing-at.js";
import { firstTree, reach, reachHelp, reachOptions, urlOf } from "../connection/reach.js";
import { helpText } from "../terminal/help-text.js";
import { branchAt } from "../tree/tree-branch.js";
import { eventFilter } from "./event-filter.js";
import { EventTail } from "./event-tail.js";

const help = `holdfast events <url> [options]

Tells what happens on a server while it happens, until Ctrl-C: deaths with their reasons, restarts, scaling, dead letters,
stores, breakers. On a terminal long lines are wrapped; elsewhere an event is one line, whole. Lines that repeat those right above
them, of the same path, are told as a number: "… 12 more like these 2". With --json every event has its line.

  --path PATH      of one branch only: models/speech
  --type TYPE      of this type only: report, dead-letter, scaled, life, …; several: with commas, or given again
  --since TIME     first what the server remembers of so long, at most an hour: 10m
  --once           that alone, and the end; without --since of the last hour
  --json           a JSON object in a line for every event: { "at": ms since 1970, "event": { "type", … } }
${reachHelp}
  -h, --help

Environment: HOLDFAST_TOKEN, where the server asks for one. A server that other machines reach shows this to operators only:
give its admin token. NO_COLOR: without colour.

Exit codes: 0 until Ctrl-C, or told once, 1 no server there, a wrong token, or a path that never was, 2 wrong option or url.

  holdfast events http://127.0.0.1:8080
  holdfast events http://127.0.0.1:8080 --since 30m --once --type report,dead-letter --path digits
`;

/** `holdfast events`. */
export async function events(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("events", args, {
    path: { type: "string" },
    type: { type: "string", multiple: true },
    since: { type: "string" },
    once: { type: "boolean" },
    json: { type: "boolean" },
    ...reachOptions,
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [url] = urlOf("events", positionals);
  const filter = eventFilter(values.type, values.path);
  const { since, once = false, json = false } = values;
  const sinceMs = since === undefined && !once ? undefined : durationOption("since", since ?? "1h");
  const client = await reach({ command: "events", url, ...values });
  try {
    if (filter.path !== undefined) await refuseUnknown(client, url, filter.path);
    const tail = new EventTail({ client, url, filter, json, sinceMs, once });
    return await follow(tail, tail.over);
  } finally {
    client.close();
  }
}

/** Somebody who watches a path that never was would take the silence for peace. @throws CommandError */
async function refuseUnknown(client: Client, url: string, path: string): Promise<void> {
  const { tree } = await firstTree(client, url);
  if (branchAt(tree, path)) return;
  // It may have gone, and its events are what is looked for.
  const [history, { events }] = await Promise.all([client.history(path), client.events({ path, limit: 1 })]);
  if (history === undefined && events.length === 0) throw nothingAt(url, tree, path);
}
