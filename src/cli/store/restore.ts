import { bytesText } from "../../observe/bytes-text.js";
import { restore } from "../../state/backup/restore.js";
import { CommandError, exitCodes, parseCommand, wholeNumber } from "../command.js";
import { helpText } from "../terminal/help-text.js";
import { keysOf } from "./keys-of.js";
import { progressLine } from "./progress-line.js";
import { statePlace } from "./state-place.js";
import { stoppable } from "./stoppable.js";

const help = `holdfast restore <backups> <folder> [options]

Puts a backup into an empty folder, which files() then opens. All of it is checked before anything is written.

  --at WHICH            an id or number of holdfast backup --list, or a time: the last one made by then (UTC),
                        such as 2026-05-01 or 2026-05-01T12:30Z. Default: the newest
  --parity N            of several empty folders (a,b,c), each on a disk of its own: how many may be lost
  --key-file PATH       a key of the store: opens every record while checking. Once for each key
  --json                the result as JSON
  -h, --help

Ctrl-C ends it; the folder is then left without a store.
Exit codes: 0 done, 1 failed, damaged, or the folder is not empty, 2 wrong option.

  holdfast restore /mnt/backups ./state --at 2026-05-01T12:30Z
`;

/** `holdfast restore`. */
export async function restoreCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("restore", args, {
    at: { type: "string" },
    parity: { type: "string" },
    "key-file": { type: "string", multiple: true },
    json: { type: "boolean" },
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [from, to, ...rest] = positionals;
  if (from === undefined || to === undefined || rest.length > 0) {
    throw new CommandError("give a folder of backups and an empty folder\nsee: holdfast restore --help");
  }
  const parity = wholeNumber("parity", values.parity, 1, 254);
  const place = statePlace(to);
  if (parity !== undefined && typeof place === "string") {
    const what = `--parity is for several folders: a,b,c; ${JSON.stringify(to)} is one`;
    throw new CommandError(`${what}\nleave --parity out, or give as many folders as there are disks`);
  }
  const encryption = await keysOf(values["key-file"]);
  const progress = progressLine();
  const { id, at, bytes, files } = await stoppable((signal) =>
    restore(statePlace(from), place, {
      ...(parity !== undefined && { parity }),
      ...(values.at !== undefined && { at: values.at }),
      ...(encryption && { encryption }),
      signal,
      onProgress: progress.told,
    }),
  ).finally(progress.end);
  const time = at === undefined ? undefined : new Date(at).toISOString();
  if (values.json) console.log(JSON.stringify({ id, at: time, bytes, files, folder: to }));
  else console.log(`restored ${id} of ${time}: ${bytesText(bytes)} in ${to}`);
  return exitCodes.ok;
}
