import type { SupervisorAction, SupervisorEvent } from "../../../src/supervision/messages.js";
import type { ChildRecord, SupervisorState } from "../../../src/supervision/state.js";
import type { Setup } from "./simulated-engine.js";
import { SimulatedEngine } from "./simulated-engine.js";

/** What was before a decision. The state is spent by it, so what is needed of it is copied. */
export interface Before {
  readonly event: SupervisorEvent;
  readonly now: number;
  readonly mode: SupervisorState["mode"];
  readonly phase: SupervisorState["phase"]["kind"];
  /** The child that the event is about. */
  readonly id: string | undefined;
  readonly child: ChildRecord | undefined;
  /** It was to go down in a round. */
  readonly toStop: boolean;
}

/** Keeps a book of its own of what it sees, and throws where a decision contradicts it. */
export interface Witness {
  decided(before: Before, actions: readonly SupervisorAction[], after: SupervisorState): void;
}

/** The smallest engine, watched at every decision. */
export class WitnessedEngine extends SimulatedEngine {
  readonly #witnesses: readonly Witness[];

  constructor(setup: Setup, witnesses: readonly Witness[]) {
    super(setup);
    this.#witnesses = witnesses;
  }

  override tell(event: SupervisorEvent): void {
    const { state, now } = this;
    const id = "id" in event ? event.id : undefined;
    const child = id === undefined ? undefined : state.children.get(id);
    const toStop = id !== undefined && (state.round?.stop.has(id) ?? false);
    const before = { event, now, mode: state.mode, phase: state.phase.kind, id, child, toStop };
    super.tell(event);
    for (const witness of this.#witnesses) witness.decided(before, this.log.at(-1)!.actions, this.state);
  }
}

/** @throws Error where a book is contradicted */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
