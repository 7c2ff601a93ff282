/** The public door of `holdfast/xstate`: any XState 5 logic as a supervised actor. */

export { idempotencyKey } from "./idempotency-key.js";
export { machine } from "./machine.js";
export type {
  Emitted,
  InlineMachineOptions,
  Machine,
  MachineOptions,
  MachineState,
  Migrate,
  MigratedState,
} from "./machine-types.js";
