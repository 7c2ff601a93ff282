import { assign, createMachine, emit, fromPromise, sendTo, setup } from "xstate";

/** A door that shuts itself, counts how often it was opened, and rings a bell of its own. */
export const door = setup({
  actors: {
    bell: createMachine({
      id: "bell",
      context: { rings: 0 },
      initial: "quiet",
      states: {
        quiet: { on: { ring: { target: "ringing", actions: assign({ rings: ({ context }) => context.rings + 1 }) } } },
        ringing: { after: { 500: "quiet" } },
      },
    }),
    lookUp: fromPromise(async ({ input }) => {
      if (input.card === "forged") throw new Error("no such card");
      return `owner of ${input.card}`;
    }),
  },
}).createMachine({
  id: "door",
  context: ({ input }) => ({ opened: 0, name: input?.name ?? "door", owner: "" }),
  invoke: { src: "bell", id: "bell" },
  initial: "shut",
  states: {
    shut: {
      on: {
        open: {
          target: "open",
          actions: [assign({ opened: ({ context }) => context.opened + 1 }), emit({ type: "opened" })],
        },
        card: "asking",
        ring: { actions: sendTo("bell", { type: "ring" }) },
        burn: "burnt",
      },
    },
    asking: {
      invoke: {
        src: "lookUp",
        input: ({ event }) => ({ card: event.id }),
        onDone: { target: "open", actions: assign({ owner: ({ event }) => event.output }) },
        onError: { target: "shut", actions: assign({ owner: ({ event }) => event.error.message }) },
      },
    },
    open: { after: { 30000: "shut" }, on: { shut: "shut" } },
    burnt: { type: "final" },
  },
  on: {
    kick: {
      actions: () => {
        throw new Error("kicked in");
      },
    },
    saw: { actions: () => process.exit(7) },
  },
  output: ({ context }) => ({ opened: context.opened }),
});
