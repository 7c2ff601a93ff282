import nact from "nact";
import { report } from "../supervision/measured.mjs";
import { asksPerSecond, tellsPerSecond } from "./floods.mjs";

/** The same with nact, with a synchronous function, its fastest habit; its mailbox has no bound. */
const system = nact.start();
const add = (sum = 0, message, context) => {
  const now = sum + message.by;
  if (message.sender) nact.dispatch(message.sender, now, context.self);
  return now;
};
const sync = nact.spawn(system, add, "sync");
const flood = Number(process.argv[2]);
const tell = () => nact.dispatch(sync, { by: 1 });
const ask = () => nact.query(sync, (sender) => ({ by: 1, sender }), 30_000);
const tell_per_s = await tellsPerSecond(tell, ask, flood);
const ask_per_s = await asksPerSecond(ask);
nact.stop(system);
report({ tell_per_s, ask_per_s });
