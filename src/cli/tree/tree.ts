import { realClock } from "../../clock.js";
import { exitCodes, parseCommand } from "../command.js";
import { nothingAt } from "../connection/nothing-at.js";
import { firstTree, reach, reachHelp, reachOptions, urlOf } from "../connection/reach.js";
import { helpText } from "../terminal/help-text.js";
import { terminal } from "../terminal/terminal.js";
import { branchAt } from "./tree-branch.js";
import { type TreeDisplay, TreeJson, TreePrint } from "./tree-display.js";
import { treeLines } from "./tree-lines.js";
import { TreeScreen } from "./tree-screen.js";
import { watchTree } from "./tree-watch.js";

const help = `holdfast tree <url> [options]

Shows the live tree of a server: who runs where, what restarted, what waits in the mailboxes. A line that begins with "!"
does not run. Of more than 20 children of one node those that do not run and the first others are shown; --json has all.

  --watch          go on, until Ctrl-C: in place on a terminal, elsewhere a new block for every change;
                   "*" marks what restarted or changed its state, "+" what is new
  --path PATH      one branch: models/speech
  --json           the tree as one JSON object in one line; with --watch a line for every change (null: not there now)
${reachHelp}
  -h, --help

Environment: HOLDFAST_TOKEN, where the server asks for one. A server that other machines reach shows its tree to operators
only: give its admin token. NO_COLOR: without colour.

Exit codes: 0 shown (or watched until Ctrl-C), 1 no server there, a wrong token, or no such path, 2 wrong option or url.

  holdfast tree http://127.0.0.1:8080
  holdfast tree http://127.0.0.1:8080 --watch --path speech
`;

/** `holdfast tree`. */
export async function tree(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("tree", args, {
    watch: { type: "boolean" },
    path: { type: "string" },
    json: { type: "boolean" },
    ...reachOptions,
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [url] = urlOf("tree", positionals);
  const client = await reach({ command: "tree", url, ...values });
  try {
    const { tree: first } = await firstTree(client, url);
    const branch = branchAt(first, values.path);
    if (!branch) throw nothingAt(url, first, values.path!);
    if (values.watch) return await watchTree({ client, url, path: values.path, display: displayOf(url, values.json) });
    console.log(values.json ? JSON.stringify(branch) : treeLines(branch, terminal()).join("\n"));
    return exitCodes.ok;
  } finally {
    client.close();
  }
}

function displayOf(url: string, json = false): TreeDisplay {
  const { stdout, stderr, env } = process;
  const write = (text: string) => void stdout.write(text);
  const tell = (text: string) => void stderr.write(text);
  if (json) return new TreeJson(write, tell);
  // A dumb terminal cannot move its cursor.
  if (stdout.isTTY && env.TERM !== "dumb") return new TreeScreen({ write, url, terminal, clock: realClock });
  return new TreePrint({ write, tell, url, terminal, clock: realClock });
}
