import type { Mailbox } from "../../mailbox/mailbox.js";
import type { ChildRules } from "../../supervision/spec.js";
import type { Packed } from "../../transport/frames.js";
import type { HandleOptions } from "./handle-options.js";
import type { Lodging } from "./lodging.js";

/** The bounds of an actor that travel with it. */
export interface ActorNumbers extends HandleOptions {
  /** Children that it may spawn. */
  readonly maxChildren: number;
}

/** What an actor has in common with others of its kind. */
export interface ActorPlan extends ActorNumbers {
  readonly lodging: Lodging;
  /** Others take from its mailbox too: it is not emptied when this one ends. */
  readonly sharedMailbox: boolean;
  /** A message was settled; default: it alone is told. */
  readonly onServed?: () => void;
}

/** What is an actor's own. */
export interface ActorOwn {
  readonly rules: ChildRules;
  readonly mailbox: Mailbox;
  /** Where they are not its cell's. */
  readonly props?: Packed | undefined;
}
