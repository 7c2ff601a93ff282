import { assign, createMachine, sendParent, setup } from "xstate";

/** An alarm clock: 1.2 s after it is set it rings, and what it has invoked counts steps meanwhile. */
export const timed = setup({
  actors: {
    steps: createMachine({
      context: { steps: 0 },
      initial: "one",
      states: {
        one: { after: { 400: "two" } },
        two: { entry: sendParent({ type: "step" }), after: { 400: "three" } },
        three: { entry: sendParent({ type: "step" }) },
      },
    }),
  },
}).createMachine({
  id: "timed",
  context: { rung: 0, steps: 0 },
  initial: "unset",
  states: {
    unset: { on: { set: "set" } },
    set: { invoke: { src: "steps" }, after: { 1200: "rung" } },
    rung: { entry: assign({ rung: ({ context }) => context.rung + 1 }) },
  },
  on: { step: { actions: assign({ steps: ({ context }) => context.steps + 1 }) } },
});
