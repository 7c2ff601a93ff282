import { existsSync, readFileSync } from "node:fs";
import { fork, inline, supervisor, system, thread } from "holdfast";
import { gateway } from "holdfast/gateway";
import { now } from "./now.mjs";
import { Watched } from "./watched.mjs";

/*
 * A server whose actor commits one fault: node program.mjs <fault> <level> <file> [addon]
 *
 *   { port } ▸ (a line on stdin) ▸ the fault ▸ { began, died, served, lateMs, lateAfterMs }, stamps of the machine's clock in ms
 *
 * A program that dies instead prints no second line.
 */

const [fault, level, file, addon] = process.argv.slice(2);
const module = new URL("./watched.mjs", import.meta.url);
const make = () =>
  level === "inline" ? inline(Watched) : (level === "thread" ? thread : fork)(module, undefined, { heapMb: 64 });
const app = await system(supervisor({}, { faulty: make(), sibling: make() }));
const server = await gateway(app, { port: 0, expose: { faulty: ["say"], sibling: ["say"] } });
const { faulty } = app.refs;
let died;
app.subscribe((event) => {
  if (event.type !== "death" || event.report.path !== "app/faulty") return;
  died ??= now();
});
/** The worst that a turn of this very thread came too late. */
let lateMs = 0;
const tell = (line) => new Promise((resolve) => process.stdout.write(`${JSON.stringify(line)}\n`, resolve));

process.stdin.once("data", async () => {
  let due = now() + 5;
  setInterval(() => {
    lateMs = Math.max(lateMs, now() - due);
    due = now() + 5;
  }, 5);
  const outcome = faulty.ask[fault](file, ...(addon ? [addon] : [])).then(
    () => "value",
    (error) => error.code,
  );
  const got = await outcome;
  let served;
  while (served === undefined) {
    const said = await faulty.ask.say("again").catch(() => undefined);
    if (said === "again") served = now();
  }
  // A fault that blocks this very thread is not the machine's lateness: what is late after it counts on its own.
  const lateBeforeMs = lateMs;
  lateMs = 0;
  due = now() + 5;
  // What is to be seen from then on needs its time.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const began = existsSync(file) ? Number(readFileSync(file, "utf8")) / 1e6 : undefined;
  await tell({ got, began, died, served, lateMs: lateBeforeMs, lateAfterMs: lateMs });
});
await tell({ port: server.address.port });
