// A program with a durable machine, for tests that kill it: node machine-host.mjs <folder> <isolation> [event …]
import { supervisor, system } from "holdfast";
import { files } from "holdfast/state";
import { machine } from "holdfast/xstate";

const [folder, isolation, ...events] = process.argv.slice(2);
const tell = (what) => process.stdout.write(`${JSON.stringify({ at: Date.now(), ...what })}\n`);
const timed = machine(new URL("./timed.mjs", import.meta.url), { isolation, durable: true });
const app = await system(supervisor({}, { timed }), { store: files(folder) });
tell({ was: (await app.refs.timed.ask.getSnapshot()).value });
for (const type of events) tell({ is: (await app.refs.timed.ask.send({ type })).value });
for (;;) {
  const { value, context } = await app.refs.timed.ask.getSnapshot();
  if (value === "rung") {
    tell({ rung: context.rung, children: context.steps });
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await app.stop();
