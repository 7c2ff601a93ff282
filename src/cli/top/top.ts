import { CommandError, exitCodes, parseCommand } from "../command.js";
import { follow } from "../connection/follow.js";
import { reach, reachHelp, reachOptions, urlOf } from "../connection/reach.js";
import { helpText } from "../terminal/help-text.js";
import { terminal } from "../terminal/terminal.js";
import { onKeys } from "./pressed-keys.js";
import { type SortKey, sortKeys } from "./top-rows.js";
import { TopView } from "./top-view.js";

const help = `holdfast top <url> [options]

The busiest actors, pools and groups of a server, once a second: messages settled and failed a second (rate, fail), median and
99th percentile of their time (p50, p99), what waits, since when (age), what executes, deaths that were restarted (died), members
(size), heap. What does not run comes first. Of a pool or keyed group everything that its members hold is in its line.

  --sort KEY       ${sortKeys.slice(0, 5).join(", ")},
                   ${sortKeys.slice(5).join(", ")}; default rate
  --filter TEXT    lines whose path holds this text
  --all            supervisors, and members of pools and cells of groups, too
  --once           one table of the next two seconds, then the end
  --json           a line of JSON for every table: { "at", "uptimeMs", "reports", "deadLetters", "rows": [{ "path", "kind",
                   "state", "rate", "failed", "p50", "p99", "waiting", "oldest", "executing", "restarts", "members", "heap" }] };
                   times in ms, rates a second, heap in bytes; what is not known is not there; "executing" (exec) are those handed
                   to a host and not settled: those that run, and up to 64 behind them
${reachHelp}
  -h, --help

On a terminal a key changes the order: p path, r rate, f failed, 5 p50, 9 p99, w waiting, o oldest wait, e executing, d deaths, h heap;
q or Ctrl-C ends. Elsewhere a table a second is printed.

Environment: HOLDFAST_TOKEN, where the server asks for one. A server that other machines reach shows this to operators only:
give its admin token. NO_COLOR: without colour.

Exit codes: 0 until Ctrl-C, or shown once, 1 no server there or a wrong token, 2 wrong option or url.

  holdfast top http://127.0.0.1:8080 --sort p99
`;

const keys: Readonly<Record<string, SortKey>> = {
  p: "path",
  r: "rate",
  f: "failed",
  "5": "p50",
  "9": "p99",
  w: "waiting",
  o: "oldest",
  e: "executing",
  d: "restarts",
  h: "heap",
};

/** Ctrl-C, where a terminal gives keys one by one, and Ctrl-D. */
const endings = new Set(["q", "\u0003", "\u0004"]);

/** `holdfast top`. */
export async function top(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("top", args, {
    sort: { type: "string" },
    filter: { type: "string" },
    all: { type: "boolean" },
    once: { type: "boolean" },
    json: { type: "boolean" },
    ...reachOptions,
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [url] = urlOf("top", positionals);
  const sort = sortKeys.find((key) => key === (values.sort ?? "rate"));
  if (!sort) throw new CommandError(`--sort is "${values.sort}": give one of ${sortKeys.join(", ")}`);
  const client = await reach({ command: "top", url, ...values });
  const { filter, all, once = false, json = false } = values;
  let end = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const view = new TopView({ url, choice: { sort, filter, all }, once, json, terminal, shown: end });
  const giveBack = view.inPlace
    ? onKeys((key) => (endings.has(key) ? end() : keys[key] && view.sortBy(keys[key])))
    : () => {};
  try {
    return await follow(
      {
        client,
        url,
        watch: { stats: true },
        hear: (news) => view.hear(news),
        lost: (reason) => view.lost(reason),
        resized: () => view.draw(),
        end: () => view.end(),
      },
      over,
    );
  } finally {
    giveBack();
    client.close();
  }
}
