/*
 * Long runs that look for what happens rarely: `npm run soak -- NAME [--minutes N | --count N] [--seed N]
 * [--json FILE]`. Each is a file beside this one with `soak({ minutes, count, seed, say })`, as long as one of the two says; it resolves with what it counted, and with every
 * failure in words. No failure: exit 0.
 *
 * @typedef {{ counts: Record<string, number | string>, failures: string[] }} Soaked
 */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "1" },
    count: { type: "string", default: "1e6" },
    seed: { type: "string" },
    json: { type: "string" },
  },
});
const known = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".soak.mjs"))
  .map((name) => name.replace(".soak.mjs", ""));
const [name] = positionals;
const minutes = Number(values.minutes);
const count = Number(values.count);
if (!known.includes(name ?? "") || !(minutes > 0) || !(count >= 1000)) {
  console.error(`usage: npm run soak -- ${known.join("|")} [--minutes N | --count N] [--seed N] [--json FILE]`);
  process.exit(2);
}
if (!existsSync(new URL("../../dist/index.js", import.meta.url))) {
  console.error("dist/ is not there: npm run build");
  process.exit(2);
}
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const { soak } = await import(`./${name}.soak.mjs`);
console.log(`soak ${name}: ${minutes} min or ${count} messages, seed ${seed}`);
const { counts, failures } = await soak({ minutes, count, seed, say: console.log });
for (const [what, count] of Object.entries(counts)) console.log(`${what.padEnd(44)} ${count}`);
for (const failure of failures) console.error(`FAILED ${failure}`);
if (values.json)
  writeFileSync(values.json, `${JSON.stringify({ name, minutes, count, seed, counts, failures }, null, 2)}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;
