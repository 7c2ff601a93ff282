import type { Mailbox } from "../../mailbox/mailbox.js";
import type { Tally } from "../../mailbox/tally.js";
import type { Durability } from "../durable/durable-options.js";
import type { OnKept } from "./kept-state.js";

export interface HandleOptions {
  /** Messages handed to the host ahead of execution. */
  readonly window: number;
  /** Take a snapshot with every nth message of a replayable actor, or after so many events; undefined: as is usual for it. */
  readonly snapshotEvery: number | undefined;
  /** Told of each change of what is kept of its state. */
  readonly onKept?: OnKept | undefined;
  /** How long handlers of a rebuilt incarnation may still run before their cell goes. */
  readonly graceMs: number;
  /** Others take from it too: it is not emptied when this one ends; what it cannot begin at once is better off with them. */
  readonly sharedMailbox?: Mailbox | undefined;
  /** Where its mail counts; undefined: it counts its own. */
  readonly tally?: Tally | undefined;
  /** What of it survives the process. */
  readonly durable?: Durability | undefined;
  /** It is a member of a pool: it has to serve, and its pool hears of each message that leaves it. */
  readonly pooled?: boolean | undefined;
}
