import type { Mailbox } from "../../mailbox/mailbox.js";
import type { Message } from "../../mailbox/message.js";
import type { Ejected } from "../../system/tree.js";
import type { Admission } from "../admission/admission.js";
import type { Member, MemberKeeper } from "./member.js";
import type { MembersOwner } from "./members.js";

/** The mail of a pool: where it waits, and which member gets it. It hears of the members as their owner does. */
export interface PoolMail extends Omit<MembersOwner, "began">, Pick<MemberKeeper, "paused" | "resumed"> {
  /** Judges what has to wait; undefined: all is let in. */
  gate?: Admission | undefined;
  /** The mailbox that all members take from; undefined where each has its own. */
  readonly shared: Mailbox | undefined;
  /** Where mail waits that no member has; undefined: there is no such place. */
  readonly held: Mailbox | undefined;
  /** Messages handed to a member's host ahead of execution, where its spec says nothing. */
  readonly window: number;
  /** Messages that wait, before members or for one. */
  readonly waiting: number;
  /** How many may wait. */
  readonly capacity: number;
  /** Whether there is something that no member has taken: all are busy, or none is up. */
  readonly stuck: boolean;
  /** Takes a message in the turn in which it is sent. @throws HoldfastError why it is refused */
  push(message: Message, key: string | undefined): void;
  /** Why a member gets none for now, and for how long still; undefined where it does, or mail goes to whoever is free. */
  ejected?(member: Member): Ejected | undefined;
  /** Everything that waits; the caller settles it. */
  clear(): Message[];
}
