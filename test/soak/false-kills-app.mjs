/*
 * The process that false-kills.soak.mjs stops and continues: honest actors near their limits, more of them than cores; now
 * and then its main thread is blocked for longer than a limit, and one of the others hangs in earnest. Tells its counts when
 * it is told to end.
 */
import { fork, inline, pool, refTo, supervisor, system, thread } from "holdfast";
import { Echo, LIMIT_MS } from "./honest.mjs";

let state = Number(process.argv[2]);
/** mulberry32 */
const chance = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const url = new URL("./honest.mjs", import.meta.url);
const options = { export: "Honest", guiltyIntensity: { restarts: 100_000, within: "1m" }, spare: "none" };
const props = { echo: refTo("echo") };
const app = await system(
  supervisor(
    {},
    {
      echo: inline(Echo),
      threads: pool(thread(url, props, options), { size: 3 }),
      processes: pool(fork(url, props, options), { size: 2 }),
      hangingThread: thread(url, props, options),
      hangingProcess: fork(url, props, options),
    },
  ),
);
const counts = { honest: 0, hung: 0, blocks: 0 };
const failures = [];
const hungMs = [];
app.subscribe((event) => {
  if (event.type !== "death") return;
  const { path, cause } = event.report;
  if (!path.startsWith("app/hanging")) failures.push(`${path} was killed: ${JSON.stringify(cause)}`);
  else if (cause.kind === "hung") hungMs.push(cause.ageMs);
});

let asked = false;
process.once("message", () => {
  asked = true;
});
/** Until it is told to end, and until each of these has happened. */
const goesOn = () => !asked || Object.values(counts).includes(0);
const { threads, processes, hangingThread, hangingProcess } = app.refs;
const patient = { timeout: "10m" };

async function honest(ref) {
  while (goesOn()) {
    const method = ["spin", "spin", "wait", "relay"][Math.floor(chance() * 4)];
    try {
      await ref.with(patient).ask[method](0.5 + chance() / 2);
      counts.honest++;
    } catch (error) {
      failures.push(`${method}: ${error}`);
    }
  }
}

async function hanging(ref) {
  while (goesOn()) {
    await pause(chance() * 2000);
    const method = chance() < 0.5 ? "turn" : "await";
    const error = await ref
      .with(patient)
      .ask[method]()
      .catch((thrown) => thrown);
    if (error?.details?.cause === "hung") counts.hung++;
    else failures.push(`${method} was not ended as hung: ${error}`);
  }
}

/** Blocks the thread that watches, for up to three limits. */
async function blocking() {
  while (goesOn()) {
    await pause(500 + chance() * 1500);
    const until = performance.now() + chance() * 3 * LIMIT_MS;
    while (performance.now() < until);
    counts.blocks++;
  }
}

const callers = [threads, threads, threads, threads, processes, processes, processes].map(honest);
await Promise.all([...callers, hanging(hangingThread), hanging(hangingProcess), blocking()]);
await app.stop({ drain: 0 });
process.send({ counts, failures, longestMs: Math.max(0, ...hungMs) });
process.disconnect();
