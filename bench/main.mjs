import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { benches } from "./benches.mjs";
import { metaOf, metaText } from "./measure/meta.mjs";
import { installPeers } from "./peers/install.mjs";

/*
 *   npm run bench -- NAME [--json FILE] [--rounds N] [--only SCENE]
 *
 * A bench exports `run({ rounds, only, say })` and returns
 *   figures: flat keys with numbers, what --json writes
 *   text:    tables and notes for people
 *   rounds:  how many were done
 *   plot:    optional; what a picture of the docs shows, for --json too
 *   details: optional; plain data for --json's meta
 */

const usage = `npm run bench -- NAME [--json FILE] [--rounds N] [--only SCENE]

${Object.entries(benches)
  .map(([name, claim]) => `  ${name.padEnd(12)} ${claim}`)
  .join("\n")}

  --json FILE   also write the figures as one flat JSON object, with the machine under "meta"
  --rounds N    other than the bench's own number of rounds: fewer for a quick look
  --only SCENE  of serving, state and observe: that scene alone`;

/** @param {string} message */
function refuse(message) {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}

function command() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: "string" },
        rounds: { type: "string" },
        only: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    return { ...values, names: positionals };
  } catch (error) {
    return refuse(error.message);
  }
}

const { json, rounds, only, help, names } = command();
if (help) {
  console.log(usage);
  process.exit(0);
}
const [name, ...more] = names;
if (name === undefined) refuse("which bench?");
if (more.length > 0) refuse(`one bench at a time, not ${names.join(" ")}`);
if (!Object.hasOwn(benches, name)) refuse(`there is no bench "${name}"`);
if (rounds !== undefined && !/^[1-9]\d*$/.test(rounds)) refuse(`--rounds is "${rounds}": give a whole number above 0`);
if (only !== undefined && !["serving", "state", "observe"].includes(name))
  refuse("--only picks a scene of serving, of state or of observe: the other benches have none");

try {
  installPeers();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const { run } = await import(`./${name}.mjs`);
const say = (line) => process.stderr.write(`${line}\n`);
const result = await run({ rounds: rounds === undefined ? undefined : Number(rounds), only, say }).catch((error) => {
  console.error(`bench ${name}: ${error.message}`);
  process.exit(1);
});
const meta = { ...metaOf(result), ...(result.details && { details: result.details }) };
console.log(`${result.text}\n\n${metaText(meta)}`);
if (json !== undefined) {
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(
    json,
    `${JSON.stringify({ ...result.figures, ...(result.plot && { plot: result.plot }), meta }, undefined, 2)}\n`,
  );
}
