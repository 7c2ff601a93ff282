import { scenarioOf } from "./scenario.js";
import { shrink } from "./shrink.js";
import { type Result, Simulation } from "./simulation.js";

const usage = "usage: npm run simulate -- [--seeds N] [--from N] [--seed N] [--verbose] [--no-shrink] [--keep-going]";

/** `npm run simulate`: many seeds, or one again. Ends with 1 when a law was broken. */
async function main(args: string[]): Promise<void> {
  const option = (name: string): number | undefined => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : Number(args[at + 1]);
  };
  if (args.includes("--help")) {
    console.log(usage);
    return;
  }
  const one = option("--seed");
  const from = one ?? option("--from") ?? 1;
  const seeds = one === undefined ? (option("--seeds") ?? 1000) : 1;
  const verbose = args.includes("--verbose");
  const counts: Record<string, number> = {};
  let steps = 0;
  let broken = 0;
  const began = process.hrtime.bigint();
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await new Simulation(scenarioOf(seed), verbose ? { tell: (line) => console.log(line) } : {}).run();
    steps += result.steps;
    for (const [what, count] of Object.entries(result.counts)) counts[what] = (counts[what] ?? 0) + count;
    if (one !== undefined) console.log(`seed ${seed}: ${result.steps} steps, trace ${result.hash}`);
    if (result.found.length === 0) continue;
    broken++;
    await tell(result, args.includes("--no-shrink"));
    if (!args.includes("--keep-going")) break;
  }
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  console.log(`${seeds} seeds from ${from}, ${steps} steps, ${seconds.toFixed(1)} s, ${broken} broken`);
  if (args.includes("--counts")) console.log(counts);
  if (broken > 0) process.exitCode = 1;
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
await main(process.argv.slice(2));
