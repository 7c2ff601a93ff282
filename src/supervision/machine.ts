import { type AnyStateMachine, createMachine } from "xstate";
import { childStates, lifeTable } from "./life.js";

/**
 * The life of a child as an XState 5 machine, built from the table in life.ts: for its picture, for walking its paths
 * (`xstate/graph`), and for whoever wants to watch a life in the tools made for such machines. Decisions read the table.
 */
export function lifeMachine(): AnyStateMachine {
  const states = Object.fromEntries(childStates.map((state) => [state, { on: { ...lifeTable[state] } }]));
  return createMachine({ id: "life", initial: "stopped", states });
}
