import { bytesText } from "../../observe/bytes-text.js";
import { scrub } from "../../state/redundancy/scrub.js";
import { isClean, type ScrubReport } from "../../state/redundancy/scrub-report.js";
import { CommandError, exitCodes, parseCommand } from "../command.js";
import { helpText } from "../terminal/help-text.js";
import { progressLine } from "./progress-line.js";

const help = `holdfast scrub <folder> <folder> … [options]

Reads every byte of what several folders keep together, and checks it. Give all of them, in any order; in place of a disk
that is lost, an empty folder on a new one.

  --repair     what is damaged is made again from the rest; folders that missed writes, or are empty, are filled.
               Not while a server has them open; without it that does no harm
  --json       the report as JSON
  -h, --help

Exit codes: 0 everything is good, or is now; 1 damage is left, or a disk has not everything; 2 wrong option.

  holdfast scrub /sd1/state /sd2/state /sd3/state
  holdfast scrub /sd1/state /sd2/state /sd3/state --repair
`;

/** `holdfast scrub`. */
export async function scrubCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("scrub", args, {
    repair: { type: "boolean" },
    json: { type: "boolean" },
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  // As the other commands name them.
  const folders = positionals.flatMap((word) => word.split(","));
  if (folders.length < 2) throw new CommandError("give all folders of a redundant set\nsee: holdfast scrub --help");
  const progress = progressLine();
  const report = await scrub(folders, {
    repair: values.repair ?? false,
    onProgress: ({ bytes, total }) => progress.told({ phase: "check", bytes, totalBytes: total, newBytes: 0 }),
    tell: ({ text }) => process.stderr.write(`${text}\n`),
  }).finally(progress.end);
  if (values.json) console.log(JSON.stringify(report));
  else print(report, values.repair ?? false);
  return isClean(report) ? exitCodes.ok : exitCodes.failed;
}

function print(report: ScrubReport, repair: boolean): void {
  const { files, bytes, findings, lost, disks } = report;
  for (const { path, disk, what, isRepaired } of findings) {
    console.log(`${path} on ${disk}: ${what}${isRepaired ? "; repaired" : ""}`);
  }
  for (const { what } of lost) console.log(what);
  for (const { disk, state } of disks) {
    if (state === "away") {
      console.log(
        `${disk}: it is not there. Mount it; or where it is lost, give an empty folder on a new disk in its place`,
      );
    }
    if (state === "outdated")
      console.log(`${disk}: it is empty, or missed writes${repair ? " and cannot be filled" : ""}`);
  }
  const read = `${files} files, ${bytesText(bytes)} on ${disks.length} disks`;
  if (isClean(report)) console.log(`${read}: all good${findings.length > 0 ? " now" : ""}`);
  else if (repair) console.log(`${read}: not all of it can be mended`);
  else console.log(`${read}: --repair makes again what can be`);
}
