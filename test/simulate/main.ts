import { parseArgs } from "node:util";
import { scenarioOf } from "./scenario.js";
import { shrink } from "./shrink.js";
import { type Result, Simulation } from "./simulation.js";

const usage = `npm run simulate -- [options]

The whole runtime under a seeded scheduler with virtual time and injected faults; the laws are judged after every step
(docs/simulation.md). Ends with 1 when a law was broken.

  --seeds N     how many seeds (default 1000)
  --from N      the first of them (default 1)
  --seed N      this one alone
  --verbose     tell each step
  --keep-going  do not stop at the first broken law
  --no-shrink   show a failing seed as it is
  --counts      what was done, in numbers`;

/** Seeds between two lines that say how far it is. */
const TOLD_EVERY = 500;

/** `npm run simulate`: many seeds, or one again. */
async function main(): Promise<void> {
  const values = options();
  if (values.help) {
    console.log(usage);
    return;
  }
  const one = whole("seed", values.seed);
  const from = one ?? whole("from", values.from) ?? 1;
  const seeds = one === undefined ? (whole("seeds", values.seeds) ?? 1000) : 1;
  const told = values.verbose ? { tell: (line: string) => console.log(line) } : {};
  const counts: Record<string, number> = {};
  let steps = 0;
  let broken = 0;
  let done = 0;
  const began = process.hrtime.bigint();
  const say = () => {
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    console.log(`${done} of ${seeds} seeds from ${from}, ${steps} steps, ${seconds.toFixed(1)} s, ${broken} broken`);
  };
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await new Simulation(scenarioOf(seed), told).run();
    done++;
    steps += result.steps;
    for (const [what, count] of Object.entries(result.counts)) counts[what] = (counts[what] ?? 0) + count;
    if (one !== undefined) console.log(`seed ${seed}: ${result.steps} steps, trace ${result.hash}`);
    if (done % TOLD_EVERY === 0 && done < seeds) say();
    if (result.found.length === 0) continue;
    broken++;
    await tell(result, values["no-shrink"]);
    if (!values["keep-going"]) break;
  }
  say();
  if (values.counts) console.log(counts);
  if (broken > 0) process.exitCode = 1;
}

function options() {
  try {
    const text = { type: "string" } as const;
    const flag = { type: "boolean", default: false } as const;
    const names = { seeds: text, from: text, seed: text, help: { ...flag, short: "h" } } as const;
    const flags = { verbose: flag, counts: flag, "keep-going": flag, "no-shrink": flag } as const;
    return parseArgs({ options: { ...names, ...flags } }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function whole(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  return Number.isInteger(number) && number >= 1
    ? number
    : refuse(`--${name} is ${JSON.stringify(value)}: give a whole number >= 1`);
}

function refuse(why: string): never {
  console.error(`${why}\n\n${usage}`);
  process.exit(2);
}

async function tell(result: Result, plain: boolean): Promise<void> {
  console.log(`\nseed ${result.seed} breaks a law at step ${result.steps} (trace ${result.hash}):`);
  for (const { law, what } of result.found) console.log(`  law ${law}: ${what}`);
  const small = plain ? undefined : await shrink(scenarioOf(result.seed), result.found[0]!.law);
  if (small) {
    console.log(`  with ${small.scenario.ops.length} of ${scenarioOf(result.seed).ops.length} operations:`);
    for (const op of small.scenario.ops) console.log(`    ${JSON.stringify(op)}`);
    console.log(`  ${JSON.stringify(small.scenario.tree)}`);
    for (const { law, what } of small.result.found) console.log(`  law ${law}: ${what}`);
  }
  for (const line of (small?.result ?? result).lines) console.log(`    ${line}`);
  console.log(`  again: npm run simulate -- --seed ${result.seed} --verbose\n`);
}

// That a stop() threw is planned here, and told each time.
process.removeAllListeners("warning");
await main();
