import { bytesText } from "../../observe/bytes-text.js";
import { type Verified, verify } from "../../state/backup/verify.js";
import { CommandError, exitCodes, parseCommand } from "../command.js";
import { helpText } from "../terminal/help-text.js";
import { keysOf } from "./keys-of.js";
import { progressLine } from "./progress-line.js";
import { statePlace } from "./state-place.js";
import { stoppable } from "./stoppable.js";

const help = `holdfast verify <folder> [options]

Reads every byte of a store, also while it is in use, or of a folder of backups, and says what is damaged. Nothing is changed.

  <folder>              several, that are one store: a,b,c
  --key-file PATH       a key of the store: opens every record, too. Once for each key
  --json                one object for the store, or for each backup, a line
  -h, --help

Exit codes: 0 all of it is good, 1 something is damaged, or there is nothing, 2 wrong option.

  holdfast verify ./state
  holdfast verify /mnt/backups --json
`;

/** `holdfast verify`. */
export async function verifyCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("verify", args, {
    "key-file": { type: "string", multiple: true },
    json: { type: "boolean" },
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [folder, ...rest] = positionals;
  if (folder === undefined || rest.length > 0) {
    throw new CommandError("give the folder of a store, or of backups\nsee: holdfast verify --help");
  }
  const encryption = await keysOf(values["key-file"]);
  const progress = progressLine();
  const verified = await stoppable((signal) =>
    verify(statePlace(folder), { ...(encryption && { encryption }), signal, onProgress: progress.told }),
  ).finally(progress.end);
  for (const one of verified) {
    if (values.json) console.log(JSON.stringify({ ...one, problem: one.problem?.message }));
    else console.log(line(one));
  }
  return verified.some(({ problem }) => problem) ? exitCodes.failed : exitCodes.ok;
}

function line({ id, what, bytes, files, records, opened, tornBytes, problem }: Verified): string {
  const name = what === "store" ? "the store" : `backup ${id}`;
  if (problem) return `${name}: ${problem.message}`;
  const how = opened ? "" : ", sealed records not opened: give --key-file";
  const torn = tornBytes > 0 ? `; at its end ${bytesText(tornBytes)} that were being written` : "";
  return `${name}: good, ${bytesText(bytes)} in ${files} files, ${records} records${how}${torn}`;
}
