import { closeSync, openSync, readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fork, supervisor, system } from "holdfast";

/*
 * A forked actor dies while its program has hardly a file left to open; then there are files again. Says in one line of
 * JSON how its restart went, and how many more files are open than before.
 *
 *   node out-of-files.mjs LEFT      files that may still be opened when it dies; run it under `ulimit -n`
 */

const left = Number(process.argv[2]);
const url = new URL("../actors/cast.mjs", import.meta.url);
const much = { restarts: 1000, within: "1m" };
const spec = fork(url, undefined, {
  export: "Hand",
  spare: "none",
  intensity: much,
  backoff: { initial: 20, max: 20 },
});
const app = await system(supervisor({ intensity: much }, { hand: spec }));
const { hand } = app.refs;
await hand.ask.say("up");
const count = () => readdirSync("/proc/self/fd").length;
const before = count();
const held = [];
try {
  for (;;) held.push(openSync("/dev/null"));
} catch {
  for (let i = 0; i < left; i++) closeSync(held.pop());
}
app.kill("hand");
await pause(500);
for (const file of held) closeSync(file);
const answer = await hand
  .with({ timeout: "20s", idempotent: true })
  .ask.say("back")
  .catch(({ code }) => code);
const after = count();
await app.stop();
console.log(JSON.stringify({ answer, more: after - before }));
