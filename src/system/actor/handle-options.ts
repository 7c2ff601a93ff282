import type { Mailbox, MailboxLimits } from "../../mailbox/mailbox.js";
import type { ChildRules } from "../../supervision/spec.js";
import type { Packed } from "../../transport/frames.js";
import type { CellDeath } from "../cell/cell.js";
import type { SystemContext } from "../context.js";
import type { Remains } from "../death/after-death.js";
import type { DeathCause } from "../death/report.js";
import type { SpawnRequest } from "./spawned.js";

export interface HandleOptions {
  /** Messages handed to the host ahead of execution. */
  readonly window: number;
  /** Take a snapshot with every nth message of a replayable actor. */
  readonly snapshotEvery: number;
  /** How long handlers of a rebuilt incarnation may still run before their cell goes. */
  readonly graceMs: number;
  /** Others take from it too: it is not emptied when this one ends; what it cannot begin at once is better off with them. */
  readonly sharedMailbox?: Mailbox | undefined;
}

/** Whose actor it is: the unit that hears of it. */
export interface HandleOwner {
  /** The path of what it is below. */
  readonly above: string;
  readonly name: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly context: SystemContext;
  readonly options: HandleOptions;
  /** The bounds of a mailbox of its own. */
  readonly mailbox: MailboxLimits;
  readonly rules: ChildRules;
  /** Its own, where actors of one cell differ in them; undefined: the cell's. */
  readonly props: Packed | undefined;
  /** Its start is done; mail follows. */
  onUp(): void;
  /** After it had been running, a handler or timer of it threw, or it ended by its own wish. The cell lives. */
  onOver(remains: Remains): void;
  /** A message was settled: service is there. */
  onServed(): void;
  /** Its actor asks for a child. @throws HoldfastError why there is none */
  spawn(request: SpawnRequest): Promise<unknown>;
  /** Its cell is gone, or it was ended in it by force. Keys hear of it from their cell. */
  onLost?(death: CellDeath): void;
  /** A message is past its limit, in a cell where it is ended alone. */
  onHung?(cause: DeathCause): void;
}
