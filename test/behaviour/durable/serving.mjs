import { writeSync } from "node:fs";
import { fork, inline, keyed, supervisor, system, thread } from "holdfast";
import { files } from "holdfast/state";
import { Tally } from "../../actors/tally.mjs";

/*
 * A program with durable actors at every level, under load until somebody kills it. Each answer is told at once, in a line:
 * "level total". node serving.mjs FOLDER
 */
const url = new URL("../../actors/tally.mjs", import.meta.url);
const options = { export: "Tally", durable: true };
const app = await system(
  supervisor(
    {},
    {
      inline: inline(Tally, undefined, { durable: true }),
      thread: thread(url, undefined, options),
      fork: fork(url, undefined, { ...options, snapshotEvery: 7 }),
      keyed: keyed(thread(url, undefined, options)),
    },
  ),
  { store: files(process.argv[2]) },
);
const { keyed: group, ...refs } = app.refs;
const all = { ...refs, "keyed#a": group.key("a"), "keyed#b": group.key("b") };
console.log("up");
for (const [level, ref] of Object.entries(all)) {
  for (let lane = 0; lane < 4; lane++) void load(level, ref.with({ timeout: "60s" }));
}

async function load(level, ref) {
  for (;;) writeSync(1, `${level} ${await ref.ask.add(1)}\n`);
}
