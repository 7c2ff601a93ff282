import type { Mailbox } from "../mailbox/mailbox.js";

export interface HandleOptions {
  readonly path: string;
  readonly key: string | undefined;
  readonly mailbox: Mailbox;
  /** Messages handed to the host ahead of execution. */
  readonly window: number;
  /** Take a snapshot with every nth message of a replayable actor. */
  readonly snapshotEvery: number;
}
