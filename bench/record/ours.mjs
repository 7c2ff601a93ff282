import { fork, inline, supervisor, system, thread } from "../../dist/index.js";
import { now } from "../measure/now.mjs";
import { Empty } from "./empty.mjs";

/*
 * One process, one figure: node ours.mjs <inline|thread|fork> <messages> — asks of an empty handler, 64 in flight, messages
 * per second of the clock, and microseconds of processor time each (all threads, and the forked process). With HOLDFAST_RECORDER=off nothing is recorded.
 */
const IN_FLIGHT = 64;
const [level, count] = [process.argv[2], Number(process.argv[3])];
const url = new URL("./empty.mjs", import.meta.url);
const spec = level === "inline" ? inline(Empty) : (level === "thread" ? thread : fork)(url);
const app = await system(supervisor({}, { empty: spec }));
const { empty } = app.refs;

async function rush(messages) {
  let left = messages;
  const one = async () => {
    while (left-- > 0) await empty.ask.nothing();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
}

/** Of this process, and of the actor's where that is another. */
async function cpu() {
  const { user, system: kernel } = process.cpuUsage();
  return user + kernel + (level === "fork" ? await empty.ask.cpu() : 0);
}

// V8 has tiered up, and the heap has its size.
await rush(count / 2);
const began = now();
const before = await cpu();
await rush(count);
const ms = now() - began;
const spent = (await cpu()) - before;
console.log(JSON.stringify({ per_second: (count / ms) * 1000, cpu_us: spent / count }));
await app.stop({ drain: 0 });
