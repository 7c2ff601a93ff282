import { bytesText } from "../../observe/bytes-text.js";
import { type BackupResult, backup } from "../../state/backup/backup.js";
import type { Keep } from "../../state/backup/keep.js";
import { type BackupSummary, listBackups } from "../../state/backup/list-backups.js";
import { CommandError, exitCodes, parseCommand, wholeNumber } from "../command.js";
import { helpText } from "../terminal/help-text.js";
import { keysOf } from "./keys-of.js";
import { progressLine } from "./progress-line.js";
import { statePlace } from "./state-place.js";
import { stoppable } from "./stoppable.js";

const help = `holdfast backup <store> <to> [options]
holdfast backup --list <to> [--json]

Copies a store, also while it is in use, into a folder of backups: what lies there already is not written again. Each backup is
whole, whatever becomes of the others, and it is read back and checked before it counts.

  <store>               the folder of files(); several, that are one store: a,b,c
  --keep RULES          which backups stay, such as last=3,hourly=24,daily=7,weekly=4,monthly=12 (UTC). Default: all
  --key-file PATH       a key of the store: opens every record while checking. Once for each key
  --list                what backups there are
  --json                the result as JSON
  -h, --help

Ctrl-C ends it between two pieces; only whole backups are ever listed.
Exit codes: 0 done, 1 failed, 2 wrong option.

  holdfast backup ./state /mnt/backups --keep hourly=24,daily=7
`;

/** `holdfast backup`. */
export async function backupCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("backup", args, {
    keep: { type: "string" },
    "key-file": { type: "string", multiple: true },
    list: { type: "boolean" },
    json: { type: "boolean" },
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [first, second, ...rest] = positionals;
  if (values.list && first !== undefined && second === undefined) return list(first, values.json ?? false);
  if (values.list || first === undefined || second === undefined || rest.length > 0) {
    throw new CommandError(
      "give a store and a folder of backups, or --list and that folder\nsee: holdfast backup --help",
    );
  }
  const keep = keepOf(values.keep);
  const encryption = await keysOf(values["key-file"]);
  const progress = progressLine();
  const result = await stoppable((signal) =>
    backup(statePlace(first), statePlace(second), {
      ...(keep && { keep }),
      ...(encryption && { encryption }),
      signal,
      onProgress: progress.told,
    }),
  ).finally(progress.end);
  if (values.json) console.log(JSON.stringify(plain(result)));
  else tell(result);
  return exitCodes.ok;
}

function tell(result: BackupResult): void {
  const { id, bytes, newBytes, files, removed, freedBytes, problems } = result;
  const size = `${bytesText(bytes)} in ${files} ${files === 1 ? "file" : "files"}, ${bytesText(newBytes)} of it new`;
  console.log(`backup ${id}: ${size}`);
  if (removed.length > 0) console.log(`removed ${removed.join(", ")}: ${bytesText(freedBytes)} freed`);
  for (const { message } of problems) process.stderr.write(`holdfast: the backup is there, but: ${message}\n`);
}

function plain({ at, problems, error: _, ...result }: BackupResult): object {
  return { ...result, at: timeText(at), problems: problems.map(({ message }) => message) };
}

async function list(folder: string, json: boolean): Promise<number> {
  const backups = await listBackups(statePlace(folder));
  if (json)
    for (const { at, error, ...one } of backups)
      console.log(JSON.stringify({ ...one, at: timeText(at), error: error?.message }));
  else if (backups.length === 0) console.log("no backups");
  else for (const one of backups) console.log(line(one));
  return backups.some(({ error }) => error) ? exitCodes.failed : exitCodes.ok;
}

function line({ id, at, bytes, error }: BackupSummary): string {
  return error ? `${id}  ${error.message}` : `${id}  ${timeText(at)}  ${bytesText(bytes)}`;
}

function timeText(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

/** @throws CommandError quoting what is wrong */
function keepOf(text: string | undefined): Keep | undefined {
  if (text === undefined) return undefined;
  const rules = text.split(",").map((rule) => {
    const [name = "", count, ...more] = rule.trim().split("=");
    if (!rulesKnown.has(name) || count === undefined || more.length > 0) {
      throw new CommandError(`--keep has "${rule}": give ${[...rulesKnown].join("=N, ")}=N, with commas between`);
    }
    return [name, wholeNumber(`keep ${name}`, count, 0, 1_000_000)];
  });
  return Object.fromEntries(rules) as Keep;
}

const rulesKnown: ReadonlySet<string> = new Set(["last", "hourly", "daily", "weekly", "monthly"]);
