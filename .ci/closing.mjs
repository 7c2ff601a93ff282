import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/*
 * node .ci/closing.mjs FOLDER: the closing lines of a run of CI, from the JSON reports of its test runs. A test that
 * passed only when it was tried again is named with what it said the first time: it passes, and is not hidden.
 */

/** What a failure says first; of a property, its seed too. */
const SHOWN_LINES = 3;

const [folder] = process.argv.slice(2);
const runs = readdirSync(folder).map((file) => ({
  name: file.replace(/\.json$/, ""),
  report: JSON.parse(readFileSync(join(folder, file), "utf8")),
}));

for (const { name, report } of runs) {
  for (const { assertionResults } of report.testResults) {
    for (const { status, fullName, failureMessages } of assertionResults) {
      if (status !== "passed" || failureMessages.length === 0) continue;
      const said = failureMessages[0].split("\n").slice(0, SHOWN_LINES).join("\n    ");
      console.log(`flaky: ${fullName} (${name})\n    ${said}`);
    }
  }
}
const sum = (field) => runs.reduce((total, { report }) => total + report[field], 0);
console.log(`${sum("numPassedTests")} passed, ${sum("numFailedTests")} failed, ${sum("numPendingTests")} skipped`);
