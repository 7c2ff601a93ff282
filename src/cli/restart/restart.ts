import type { Client } from "../../client/client.js";
import { realClock } from "../../clock.js";
import { isHoldfastError } from "../../errors.js";
import { shortDuration } from "../../observe/short-duration.js";
import { CommandError, durationOption, exitCodes, parseCommand } from "../command.js";
import { nothingAt } from "../connection/nothing-at.js";
import { firstTree } from "../connection/reach.js";
import { reachAdmin, reachAdminHelp } from "../connection/reach-admin.js";
import { helpText } from "../terminal/help-text.js";
import { oneLine } from "../terminal/terminal-text.js";
import { branchAt } from "../tree/tree-branch.js";

const help = `holdfast restart <url> <path> … [options]

Restarts what is at a path of the tree, and waits until it runs: an actor, a member of a pool (workers/2), a cell, a pool, or a
supervisor with all below it. It finishes what executes first, and what waits in its mailbox stays. What was parked (quarantined,
stopped) comes back: mend what the reason in "holdfast tree" names first. Of several paths one is restarted after the other; the
first that does not come back ends it, and the others are left as they are.

  --within TIME    how long to wait for each: 30s (default), 5m; the restart itself goes on
  --json           a line of JSON for each: { "path", "outcome": "restarted" or "failed", "tookMs" (ms), "code", "message" }
${reachAdminHelp}
  -h, --help

Environment: HOLDFAST_ADMIN_TOKEN.

Exit codes: 0 all run again, 1 no server there, a wrong token, nothing at a path, or one that does not run again, 2 wrong option
or url.

  holdfast restart http://127.0.0.1:8080 models/speech
  holdfast restart http://127.0.0.1:8080 workers/1 workers/2
`;

/** `holdfast restart`. */
export async function restart(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("restart", args, {
    within: { type: "string" },
    json: { type: "boolean" },
    token: { type: "string" },
    timeout: { type: "string" },
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [url, ...paths] = positionals;
  if (url === undefined || paths.length === 0) {
    throw new CommandError("restart takes a url, and one path or several\nsee: holdfast restart --help");
  }
  const { json = false } = values;
  const withinMs = durationOption("within", values.within ?? "30s");
  const client = await reachAdmin({ command: "restart", url, ...values });
  try {
    // Before the first: of three paths with a slip in the last one none is restarted.
    const { tree } = await firstTree(client, url);
    const unknown = paths.find((path) => !branchAt(tree, path));
    if (unknown !== undefined) throw nothingAt(url, tree, unknown);
    for (const path of paths) {
      const outcome = await restarted(client, path, withinMs);
      console.log(json ? JSON.stringify(outcome) : outcomeText(outcome, url, withinMs));
      if (outcome.outcome === "failed") return exitCodes.failed;
    }
    return exitCodes.ok;
  } finally {
    client.close();
  }
}

type Outcome =
  | { readonly path: string; readonly outcome: "restarted"; readonly tookMs: number }
  | { readonly path: string; readonly outcome: "failed"; readonly code: string; readonly message: string };

async function restarted(client: Client, path: string, timeout: number): Promise<Outcome> {
  const from = realClock.now();
  try {
    await client.admin.restart(path.replace(/^\/+|\/+$/g, ""), { timeout });
    return { path, outcome: "restarted", tookMs: Math.round(realClock.now() - from) };
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    return { path, outcome: "failed", code: error.code, message: error.message };
  }
}

function outcomeText(outcome: Outcome, url: string, withinMs: number): string {
  const path = oneLine(outcome.path);
  if (outcome.outcome === "restarted") return `${path} runs again, after ${shortDuration(outcome.tookMs)}`;
  const { code, message } = outcome;
  // It was not touched, and may well run; or nobody knows.
  if (code === "InvalidSpec") return `${path} is not restarted: ${oneLine(message)}`;
  if (code === "ConnectionLost") return `${path} may not run: ${oneLine(message)}`;
  if (code !== "Timeout") return `${path} does not run: ${code}: ${oneLine(message)}`;
  return `${path} does not run after ${shortDuration(withinMs)}: it is waited for no longer, and "holdfast tree ${oneLine(url)}" shows why`;
}
