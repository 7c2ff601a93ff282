import { fork, supervisor, system } from "holdfast";

/* A program of its own: its forked actor is in an endless loop when it ends, without a word, in the way it is told to. */

const how = process.argv[2];
const blocking = new URL("../actors/blocking.mjs", import.meta.url);
const app = await system(
  supervisor({}, { blocking: fork(blocking, undefined, { export: "Blocking", spare: "none" }) }),
);
process.stdout.write(`${await app.refs.blocking.ask.pid()}\n`);
app.refs.blocking.tell.spin();
setTimeout(() => {
  if (how === "exit") process.exit(0);
  if (how === "throw") throw new Error("nobody catches this");
  process.kill(process.pid, "SIGKILL");
}, 50);
