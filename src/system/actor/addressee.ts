import type { Mailbox } from "../../mailbox/mailbox.js";
import type { Message } from "../../mailbox/message.js";
import type { Tally } from "../../mailbox/tally.js";
import type { Cell } from "../cell/cell.js";
import type { SystemContext } from "../context.js";
import type { DeathCause } from "../death/report.js";

/** The incarnation that messages are delivered to. */
export interface Addressee {
  readonly id: number;
  readonly path: string;
  /** Its name in the store. */
  readonly entity: string;
  /** Messages that its host has. */
  readonly executing: number;
  readonly key: string | undefined;
  readonly context: SystemContext;
  readonly incarnation: number;
  readonly cell: Cell | undefined;
  /** Its first entry in the cell's control block. */
  readonly entry: number;
  readonly mailbox: Mailbox;
  /** Where its mail counts. */
  readonly tally: Tally;
  /** It is up, and its host takes mail. */
  readonly takesMail: boolean;
  /**
   * A message has left it: with its outcome, or because its caller gave it up before it began.
   * @param pumps default true; false where who says so sees to the next itself
   */
  freed(served: boolean, pumps?: boolean): void;
  /** See DurableActor. */
  undo(cause: DeathCause): void;
  /** See DurableActor. */
  again(tells: readonly Message[]): void;
  /** Hands over as much mail as the window allows. */
  pump(): void;
  /** One is handed over. Of a member of a pool. */
  took?(message: Message): void;
  /** One that was delivered was answered with a value. Of a member of a pool. */
  answeredOne?(message: Message): void;
  /** What leaves it next was answered with what its handler threw. */
  failed?(): void;
}
