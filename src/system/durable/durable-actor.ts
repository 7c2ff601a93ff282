import type { Message } from "../../mailbox/message.js";
import type { DeathCause } from "../death/report.js";
import type { TellReceiver } from "./recovered-tell.js";

/** Whose state it is. */
export interface DurableActor extends TellReceiver {
  /** Messages that its host has. */
  readonly executing: number;
  /** What it is now is not what is stored, for this reason: it has to go on from that. */
  undo(cause: DeathCause): void;
  /** Mail may be handed over again. */
  pump(): void;
  /** What these tells did is undone, and they are still stored: they are to run again, before all others. */
  again(tells: readonly Message[]): void;
}
