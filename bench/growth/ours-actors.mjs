import { Actor, inline, supervisor, system } from "../../dist/index.js";
import { perSecond } from "../messaging/floods.mjs";
import { report } from "../supervision/measured.mjs";

/** So many actors, each told in turn; a flood is over when all of it was handled. */
const actors = Number(process.argv[2]);
const FLOOD = Math.max(1000, actors);
let handled = 0;

class Count extends Actor {
  count() {
    handled++;
  }
}

const children = Object.fromEntries(Array.from({ length: actors }, (_, n) => [`count-${n}`, inline(Count)]));
const app = await system(supervisor({}, children));
const refs = Object.values(app.refs);
const tell_per_s = await perSecond(async () => {
  handled = 0;
  for (let n = 1; n < FLOOD; n++) refs[n % actors].tell.count();
  while (handled < FLOOD - 1) await refs[0].ask.count();
  return FLOOD;
});
await app.stop();
report({ tell_per_s });
