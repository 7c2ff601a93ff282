import { Actor, dynamic, inline, supervisor, system } from "../../dist/index.js";
import { report, taking, used } from "../supervision/measured.mjs";

/*
 * What an idle actor weighs, and how fast they are made: unnamed children of a dynamic supervisor from its template, each
 * waited for before the next is asked for. Nobody keeps their refs. With a million: node --expose-gc
 * --max-old-space-size=4096 ours-idle.mjs 1000000
 */
class Idle extends Actor {
  answer(n) {
    return n;
  }
}

const count = Number(process.argv[2]);

async function spawned(howMany) {
  const app = await system(supervisor({}, { many: dynamic(inline(Idle), { maxChildren: Number.POSITIVE_INFINITY }) }));
  const { many } = app.refs;
  const before = used();
  const ms = await taking(async () => {
    for (let n = 0; n < howMany; n++) await many.spawn();
  });
  const bytes_per_actor = (used() - before) / howMany;
  if (many.size !== howMany) throw new Error(`${many.size} of ${howMany} are there`);
  if ((await many.child(String(howMany)).ask.answer(1)) !== 1) throw new Error("the last one does not answer");
  const stop_ms = await taking(() => app.stop());
  return { bytes_per_actor, spawn_per_s: Math.round((howMany / ms) * 1000), stop_ms };
}

await spawned(10_000);
report(await spawned(count));
