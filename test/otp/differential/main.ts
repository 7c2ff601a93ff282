import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { besideEachOther } from "./compare.js";
import { differencesPage } from "./differences-page.js";
import { examine, scenariosFrom, smallest } from "./examine.js";
import { otpIsThere } from "./otp.js";

/** More at once would only cost memory. */
const BATCH = 2000;
/** Each is shrunk, which takes seconds. */
const SHOWN = 5;

const usage = `npm run otp -- [options]

Plays generated supervision scenarios on real Erlang/OTP and on holdfast, and compares what happened, line by line. Needs
escript (Debian: erlang-base). Ends with 1 when something differs that docs/otp-differences.md does not name.

  --count N  how many scenarios (default 2000)
  --seed N   the first of them (default 1)
  --page     write docs/otp-differences.md, and nothing else`;

const values = options();
if (values.help) {
  console.log(usage);
  process.exit();
}
if (values.page) {
  writeFileSync("docs/otp-differences.md", differencesPage());
  process.exit();
}
const count = whole("count", values.count ?? "2000");
const first = whole("seed", values.seed ?? "1");
if (!otpIsThere()) fail("escript is not here: apt-get install erlang-base");

// Actors whose stop() throws are warned of, by the thousand.
process.removeAllListeners("warning");
const met = new Map<string, number>();
const agreed = new Map<string, number>();
let differing = 0;
for (let done = 0; done < count; ) {
  const scenarios = scenariosFrom(first + done, Math.min(BATCH, count - done));
  const findings = await examine(scenarios);
  done += findings.scenarios;
  for (const [{ name }, times] of findings.met) met.set(name, (met.get(name) ?? 0) + times);
  for (const [{ name }, times] of findings.whole) agreed.set(name, (agreed.get(name) ?? 0) + times);
  for (const one of findings.found) {
    if (++differing > SHOWN) continue;
    const { player, scenario, differs } = await smallest(one);
    console.log(
      `\nseed ${one.scenario.seed}, ${player.name}:\n${JSON.stringify(scenario)}\n${besideEachOther(differs)}\n`,
    );
  }
  console.log(`${done} of ${count} scenarios, ${differing} unexplained differences`);
}
for (const [name, times] of agreed) console.log(`${name}: ${times} of ${count} agree with OTP to the last line`);
for (const [name, times] of met) console.log(`${String(times).padStart(7)} met: ${name}`);
process.exitCode = differing > 0 ? 1 : 0;

function options() {
  try {
    const text = { type: "string" } as const;
    const help = { type: "boolean", short: "h" } as const;
    return parseArgs({ options: { count: text, seed: text, page: { type: "boolean" }, help } }).values;
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${usage}`);
  }
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) fail(`--${name} is ${JSON.stringify(text)}: give a whole number >= 1`);
  return value;
}

function fail(why: string): never {
  console.error(why);
  process.exit(2);
}
