import { gateway } from "../../dist/gateway/door.js";
import { Actor, inline, supervisor, system } from "../../dist/index.js";

/*
 * A gateway before 1,000 actors, in a process of its own: `fork(this)`. It sends { port } when it listens. "work" and "rest" begin
 * and end a load in which every actor answers once a second; "cpu" is answered with the milliseconds of processor time used.
 */

const ACTORS = 1000;
const EVERY_MS = 50;

class Echo extends Actor {
  echo(value) {
    return value;
  }
}

const children = Object.fromEntries(Array.from({ length: ACTORS }, (_, at) => [`actor-${at}`, inline(Echo)]));
const app = await system(supervisor({}, children));
const { address } = await gateway(app, { port: 0, expose: {} });
const refs = Object.values(app.refs);
let next = 0;
let load;

function step() {
  for (let i = 0; i < ACTORS / (1000 / EVERY_MS); i++) {
    void refs[next].ask.echo(next);
    next = (next + 1) % ACTORS;
  }
}

process.on("message", (message) => {
  if (message === "cpu") {
    const { user, system: kernel } = process.cpuUsage();
    process.send({ cpuMs: (user + kernel) / 1000, at: performance.now() });
    return;
  }
  clearInterval(load);
  if (message === "work") load = setInterval(step, EVERY_MS);
  process.send({});
});
process.on("disconnect", () => process.exit(0));
process.send({ port: address.port });
