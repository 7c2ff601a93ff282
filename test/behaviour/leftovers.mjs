import { readdirSync, readFileSync } from "node:fs";
import { fork, inline, pool, supervisor, system, thread } from "holdfast";
import { Hand } from "../actors/cast.mjs";

/* A program of its own: starts a system, lets an actor die once, stops, and prints what is still there. */

const level = process.argv[2];
const cast = new URL("../actors/cast.mjs", import.meta.url);
const hand = () =>
  level === "inline" ? inline(Hand) : (level === "thread" ? thread : fork)(cast, undefined, { export: "Hand" });
const mine = () =>
  readdirSync("/dev/shm").filter((name) => name.startsWith("holdfast-") && name.includes(`-${process.pid}-`));

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
const files = mine();
process.stdout.write(JSON.stringify({ answered, resources: resources(), children: children(), files }));

function children() {
  return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
}
