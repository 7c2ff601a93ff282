import { readdirSync, readFileSync } from "node:fs";
import { fork, inline, pool, supervisor, system, thread } from "holdfast";
import { Hand } from "../actors/cast.mjs";

/* A program of its own: starts a system, lets an actor die once, stops, and prints what is still there. */

const level = process.argv[2];
const cast = new URL("../actors/cast.mjs", import.meta.url);
const hand = () =>
  level === "inline" ? inline(Hand) : (level === "thread" ? thread : fork)(cast, undefined, { export: "Hand" });
const mine = () => readdirSync("/dev/shm").filter((name) => name.startsWith("holdfast-"));

const before = mine();
const app = await system(supervisor({}, { hand: hand(), many: pool(hand(), { size: 2 }) }));
app.kill("hand");
const answered = await app.refs.hand.ask.say("alive");
await app.refs.many.ask.say(1);
await app.stop();

const resources = () =>
  process.getActiveResourcesInfo().filter((kind) => !/TTY|Pipe|FSReq|TickObject|Immediate/.test(kind));
// An exit that was begun may take a moment to be reported; what stays is a leftover.
for (let i = 0; i < 400 && (resources().length > 0 || children().length > 0); i++) {
  await new Promise((resolve) => setImmediate(resolve));
}
const files = mine().filter((name) => !before.includes(name) && ownedBy(name));
process.stdout.write(JSON.stringify({ answered, resources: resources(), children: children(), files }));

function children() {
  return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
}

/** Another test's system makes folders too; only one that no living process holds open is left over. */
function ownedBy(name) {
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    if (pid === String(process.pid)) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (command.includes(name)) return false;
    } catch {}
  }
  return true;
}
