import { setTimeout as pause } from "node:timers/promises";
import { dynamic, fork, inline, pool, supervisor, system, thread } from "../../dist/index.js";
import { now } from "../measure/now.mjs";
import { Empty } from "../record/empty.mjs";
import { report } from "../supervision/measured.mjs";

/*
 * A started system that has nothing to do: actors inline, in threads with a loaded spare, and in processes. First it works;
 * then it is left alone, and the time of the processor that all of it takes is counted, and how often any of its threads
 * wakes up.
 */
const ACTORS = 1000;
const WORKERS = 4;
const PROCESSES = 2;
/** Messages to the threads, at once, before it is left alone. */
const IN_FLIGHT = 500;
/** Spares are filled, and V8 has ended to give its heaps back, which takes each of them some ten seconds. */
const SETTLED_MS = 20_000;
const MS = 10_000;

const url = new URL("../record/empty.mjs", import.meta.url);
const app = await system(
  supervisor(
    {},
    {
      many: dynamic(inline(Empty)),
      threads: pool(thread(url), { size: WORKERS }),
      spared: thread(url, undefined, { spare: "loaded" }),
      ...Object.fromEntries(Array.from({ length: PROCESSES }, (_, n) => [`process-${n}`, fork(url)])),
    },
  ),
);
const { many, threads, spared, ...others } = app.refs;
const processes = Object.values(others);
const actors = await Promise.all(Array.from({ length: ACTORS }, () => many.spawn()));
for (const ref of [...actors, spared, ...processes]) await ref.ask.nothing();
await Promise.all(Array.from({ length: IN_FLIGHT }, () => threads.ask.nothing()));
await pause(SETTLED_MS);

const before = await used();
const began = now();
await pause(MS);
const seconds = (now() - began) / 1000;
const after = await used();
await app.stop();
report({ cpu_ms_per_s: (after.ms - before.ms) / seconds, wakeups_per_s: (after.wakeups - before.wakeups) / seconds });

/** By this process with its threads, and by those of the actors. */
async function used() {
  const all = [Empty.used(), ...(await Promise.all(processes.map((ref) => ref.ask.used())))];
  const sum = (field) => all.reduce((total, one) => total + one[field], 0);
  return { ms: sum("ms"), wakeups: sum("wakeups") };
}
