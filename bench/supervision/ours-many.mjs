import { dynamic, inline, supervisor, system } from "../../dist/index.js";
import { report, taking, used } from "./measured.mjs";
import { Small } from "./ours.mjs";

/*
 * Children of a dynamic supervisor, each with a spec and a name of its own; nobody keeps their refs. Each is waited for
 * before the next is asked for, as OTP's start_child() does, and the supervisor stops with all that it has.
 */
const count = Number(process.argv[2]);

async function many(howMany) {
  const app = await system(supervisor({}, { many: dynamic(undefined, { maxChildren: Number.POSITIVE_INFINITY }) }));
  const before = used();
  const start_ms = await taking(async () => {
    for (let n = 0; n < howMany; n++) await app.add("many", `child-${n}`, inline(Small, { n }));
  });
  const bytes = (used() - before) / howMany;
  if ((await app.ref(`many/child-${howMany - 1}`).ask.answer(1)) !== 1) throw new Error("the last one does not answer");
  const stop_ms = await taking(() => app.stop());
  return { start_ms, stop_ms, bytes };
}

await many(1000);
report(await many(count));
