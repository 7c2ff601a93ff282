import type { Target } from "../../actor/ref.js";
import type { MailboxLimits } from "../../mailbox/mailbox.js";
import type { Tally } from "../../mailbox/tally.js";
import type { ChildRules } from "../../supervision/spec.js";
import type { Durability } from "../../system/durable/durable-options.js";
import type { CellUnit } from "./cell-unit.js";

export interface KeyUnitOptions {
  readonly key: string;
  readonly rules: ChildRules;
  readonly mailbox: MailboxLimits;
  readonly window: number;
  readonly snapshotEvery: number | undefined;
  readonly graceMs: number;
  readonly durable: Durability | undefined;
  readonly home: CellUnit;
  /** Its group's: a ref to the key's path reaches the group, which gives the key its mail. */
  readonly target: Target;
  /** Its group's, where its mail counts. */
  readonly tally: Tally;
}
