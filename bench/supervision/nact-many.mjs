import nact from "nact";
import { report, taking, used } from "./measured.mjs";

/** The same with nact: children of its system, which has no start that could fail. */
const count = Number(process.argv[2]);

async function many(howMany) {
  const system = nact.start();
  const before = used();
  const answer = async (seen = 0, { n, sender }, context) => {
    nact.dispatch(sender, n, context.self);
    return seen + 1;
  };
  const start_ms = await taking(async () => {
    for (let n = 0; n < howMany; n++) nact.spawn(system, answer, `child-${n}`);
  });
  const bytes = (used() - before) / howMany;
  const stop_ms = await taking(async () => nact.stop(system));
  return { start_ms, stop_ms, bytes };
}

await many(1000);
report(await many(count));
