import { appendFileSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { idempotencyKey } from "holdfast/xstate";
import { assign, fromPromise, setup } from "xstate";

// An order as a state machine. It knows nothing of actors, threads or disks.
export const order = setup({
  actors: {
    charge: fromPromise(async ({ input, self }) => {
      const { receipt, known } = book(input.bank, idempotencyKey(self), input.amount);
      if (!known) await pause(60_000); // The bank has booked it, and its answer takes a minute. Who asks again has it at once.
      return receipt;
    }),
  },
}).createMachine({
  id: "order",
  context: ({ input }) => ({ bank: input.bank, amount: 0, receipt: undefined }),
  initial: "open",
  states: {
    open: { on: { pay: { target: "charging", actions: assign({ amount: ({ event }) => event.amount }) } } },
    charging: {
      invoke: {
        src: "charge",
        input: ({ context }) => context,
        onDone: { target: "waiting", actions: assign({ receipt: ({ event }) => event.output }) },
      },
    },
    waiting: { after: { 3000: "sentBack" }, on: { fetch: "fetched" } }, // for whoever has ordered it
    sentBack: {},
    fetched: {},
  },
});

/** The bank, a file: every call is a line; who comes with a key that it knows gets the receipt of the first time. */
function book(bank, key, amount) {
  const lines = readFileSync(bank, "utf8").split("\n");
  const before = lines.findIndex((line) => line.startsWith(`booked ${key} `));
  appendFileSync(bank, before >= 0 ? `known ${key}\n` : `booked ${key} ${amount}\n`);
  return { receipt: `receipt ${(before >= 0 ? before : lines.length - 1) + 1}`, known: before >= 0 };
}
