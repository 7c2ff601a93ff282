import { play } from "./scenes.mjs";

/* The program that is pinned to one core: prints what it measured as one line of JSON. */
const { rounds, withinMs } = JSON.parse(process.argv[2]);
process.stdout.write(`${JSON.stringify(await play(["empty64", "p50"], { rounds, withinMs }))}\n`);
