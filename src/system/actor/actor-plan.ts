import type { MailboxLimits } from "../../mailbox/mailbox.js";
import type { ChildRules } from "../../supervision/spec.js";
import type { SystemContext } from "../context.js";
import type { HandleOptions } from "./handle-options.js";
import type { Lodging } from "./lodging.js";

/** The bounds of an actor that travel with it. */
export interface ActorNumbers extends HandleOptions {
  /** Children that it may spawn. */
  readonly maxChildren: number;
}

/** What an actor has in common with others of its kind. */
export interface ActorPlan extends ActorNumbers {
  readonly context: SystemContext;
  readonly lodging: Lodging;
  readonly rules: ChildRules;
  readonly mailbox: MailboxLimits;
  /** A message was settled; default: it alone is told. */
  readonly onServed?: () => void;
}
