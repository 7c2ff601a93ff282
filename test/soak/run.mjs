/*
 * Long runs that look for what happens rarely. Each is a file beside this one with `soak({ minutes, count, seed, say })`, as
 * long as one of the two says; it resolves with what it counted, and with every failure in words.
 *
 * @typedef {{ counts: Record<string, number | string>, failures: string[] }} Soaked
 */
import { existsSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const soaks = {
  kills: "messages to actors of every kind, killed at random: none lost, doubled or reordered (--count)",
  poison: "one message in 10,000 kills whoever handles it: all others are answered (--count)",
  "false-kills": "honest work on a machine that stalls: nothing is killed but what hangs (--minutes)",
  tensors: "tensors of 1 MB in place, and copies: memory stays flat, every slot comes back (--count)",
};

const usage = `npm run soak -- NAME [options]

${Object.entries(soaks)
  .map(([name, claim]) => `  ${name.padEnd(12)} ${claim}`)
  .join("\n")}

  --count N     messages, 1000 at least. Default 1e6
  --minutes N   how long. Default 1
  --seed N      of all that is random; the one of a run is printed. Default: another each time
  --json FILE   also write what was counted

Exit 0: nothing failed. 1: failures, in words. 2: a mistake in the command.`;

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}

function command() {
  const text = { type: "string" };
  try {
    const options = { minutes: text, count: text, seed: text, json: text, help: { type: "boolean", short: "h" } };
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    return { ...values, names: positionals };
  } catch (error) {
    return refuse(error.message);
  }
}

/** @param {string} field @param {string} value @param {number} least */
function number(field, value, least) {
  const given = Number(value);
  if (Number.isFinite(given) && given >= least) return given;
  return refuse(`--${field} is "${value}": give a number of ${least} or more`);
}

const given = command();
if (given.help) {
  console.log(usage);
  process.exit(0);
}
const [name, ...more] = given.names;
if (name === undefined) refuse("which soak?");
if (more.length > 0) refuse(`one soak at a time, not ${given.names.join(" ")}`);
if (!Object.hasOwn(soaks, name)) refuse(`there is no soak "${name}"`);
const minutes = number("minutes", given.minutes ?? "1", 0.01);
const count = number("count", given.count ?? "1e6", 1000);
const seed = number("seed", given.seed ?? String(Date.now() % 1_000_000), 0);
if (!existsSync(new URL("../../dist/index.js", import.meta.url))) {
  console.error("dist/ is not there: npm run build");
  process.exit(2);
}
const { soak } = await import(`./${name}.soak.mjs`);
console.log(`soak ${name}: ${minutes} min or ${count} messages, seed ${seed}`);
const { counts, failures } = await soak({ minutes, count, seed, say: console.log });
for (const [what, count] of Object.entries(counts)) console.log(`${what.padEnd(44)} ${count}`);
for (const failure of failures) console.error(`FAILED ${failure}`);
if (given.json)
  writeFileSync(given.json, `${JSON.stringify({ name, minutes, count, seed, counts, failures }, null, 2)}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;
