import nact from "nact";
import { after, report, timed } from "./measured.mjs";

/** The same with nact: its actor resets itself after the throw, and its mailbox is kept. */
const rounds = Number(process.argv[2]);
const system = nact.start();
let threw = 0;
const small = nact.spawn(
  system,
  async (count = 0, message, context) => {
    if (message.fail) {
      threw = Number(process.hrtime.bigint());
      throw new Error("on purpose");
    }
    nact.dispatch(message.sender, message.n, context.self);
    return count + 1;
  },
  "small",
  { onCrash: async (_message, _error, context) => context.reset },
);

const result = await timed(rounds, async (n) => {
  nact.dispatch(small, { fail: true });
  const answer = await nact.query(small, (sender) => ({ n, sender }), 10_000);
  const at = process.hrtime.bigint();
  if (answer !== n) throw new Error(`${n} was answered with ${answer}`);
  return after(threw, at);
});
nact.stop(system);
report(result);
