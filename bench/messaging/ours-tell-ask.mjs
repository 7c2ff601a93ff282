import { Actor, inline, supervisor, system } from "../../dist/index.js";
import { report } from "../supervision/measured.mjs";
import { asksPerSecond, tellsPerSecond } from "./floods.mjs";

class Sum extends Actor {
  sum = 0;

  add(by) {
    this.sum += by;
    return this.sum;
  }
}

/** A supervised child with a bounded mailbox, which holds one flood. */
const flood = Number(process.argv[2]);
const app = await system(supervisor({}, { sum: inline(Sum) }));
const { sum } = app.refs;
const tell = () => sum.tell.add(1);
const ask = () => sum.ask.add(1);
const tell_per_s = await tellsPerSecond(tell, ask, flood);
const ask_per_s = await asksPerSecond(ask);
await app.stop();
report({ tell_per_s, ask_per_s });
