import { fork, inline, supervisor, system, thread } from "holdfast";
import { Faulty } from "./faults.mjs";

/*
 * One cell of the containment matrix, in a program of its own: node run-fault.mjs <fault> <level> [addon]
 *
 *   an actor at the level commits the fault ▸ what did its caller get, what does the report say,
 *   does the actor answer again, did its sibling answer meanwhile, whose memory was it
 *
 * prints "ready", then one JSON line. A program that dies instead prints no second line: that is the observation.
 */

const [fault, level, addon] = process.argv.slice(2);
const module = new URL("./faults.mjs", import.meta.url);
const make = () =>
  level === "inline" ? inline(Faulty) : (level === "thread" ? thread : fork)(module, undefined, { heapMb: 64 });
const app = await system(supervisor({}, { faulty: make(), sibling: make() }));
const { faulty, sibling } = app.refs;
/** What the faulty call carries: it has no place in anything that the runtime tells of. */
const SECRET = "what only its receiver may read";
let abandoned = false;
const told = [];
app.subscribe((event) => {
  told.push(event);
  if (event.type === "abandoned") abandoned = true;
});
await new Promise((resolve) => process.stdout.write("ready\n", resolve));

const order = [];
const outcome = faulty.ask[fault](...(addon ? [addon] : []), { SECRET }, SECRET)
  .then(
    () => ({ got: "value" }),
    (error) => ({ got: error.code ?? error.name, cause: error.cause?.message }),
  )
  .finally(() => order.push("fault"));
const during = sibling.ask
  .say("during")
  .catch((error) => error.code)
  .finally(() => order.push("sibling"));
const caller = await outcome;
const again = await faulty.ask.say("again").catch((error) => error.code);
const after = await sibling.ask.say("after").catch((error) => error.code);
// A thread in native code is reported a second after its kill; the call itself lasts four.
if (fault === "blocking-native-call" && level === "thread") {
  for (let i = 0; i < 500 && !abandoned; i++) await new Promise((resolve) => setTimeout(resolve, 10));
}
const [report, ...more] = app.reports();
const seen = {
  caller,
  report: report
    ? {
        cause: report.cause.kind,
        executing: report.executing.map(({ method }) => method),
        phase: report.record.phase,
        // Inline the sibling is in the same cell.
        flight: report.flight
          .filter(({ path }) => path === "app/faulty")
          .map(({ kind, method, seq, text }) =>
            [kind, method, seq, text].filter((word) => word !== undefined).join(" "),
          ),
        inOrder: report.flight.every(({ at }, i, all) => i === 0 || at >= all[i - 1].at),
      }
    : null,
  secret: JSON.stringify([told, app.reports(), app.tree()]).includes(SECRET.slice(5, -5)),
  reports: report ? more.length + 1 : 0,
  again: again === "again",
  sibling: (await during) === "during" && after === "after",
  siblingFirst: order[0] === "sibling",
  abandoned,
  heldMb: Math.round(process.resourceUsage().maxRSS / 1024),
};
await new Promise((resolve) => process.stdout.write(`${JSON.stringify(seen)}\n`, resolve));
await app.stop({ drain: 0 });
process.exit(0);
