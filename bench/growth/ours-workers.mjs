import { supervisor, system, thread } from "../../dist/index.js";
import { now } from "../measure/now.mjs";
import { report } from "../supervision/measured.mjs";

/** So many worker threads, one actor each, with 64 empty asks in flight at every one. */
const workers = Number(process.argv[2]);
const IN_FLIGHT = 64;
const WARM_MS = 600;
const MS = 1000;

const work = thread(new URL("../transport/actor.mjs", import.meta.url));
const children = Object.fromEntries(Array.from({ length: workers }, (_, n) => [`work-${n}`, work]));
const app = await system(supervisor({}, children));
const asks = Object.values(app.refs).map(({ ask }) => ask);
await perSecond(WARM_MS);
const ask_per_s = await perSecond(MS);
await app.stop();
report({ ask_per_s });

async function perSecond(ms) {
  const began = now();
  let time = began;
  let answers = 0;
  const caller = async (ask) => {
    while (time - began < ms) {
      await ask.empty();
      if (++answers % 16 === 0) time = now();
    }
  };
  await Promise.all(asks.flatMap((ask) => Array.from({ length: IN_FLIGHT }, () => caller(ask))));
  return answers / ((now() - began) / 1000);
}
