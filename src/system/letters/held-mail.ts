import type { Message, Special } from "../../mailbox/message.js";
import type { Charge } from "../../mailbox/rare.js";
import type { Priority } from "../../protocol/priority.js";
import { keptTensors, lentTensors, ownArrays } from "../../transport/values.js";

/** What a dead letter needs beside its evidence to be sent again. */
export interface HeldMail {
  /** Packed; undefined: it cannot be sent again, and `why` says why not. */
  readonly args: unknown[] | undefined;
  readonly why?: string;
  readonly special: Special;
  readonly bytes: number;
  readonly idempotent?: boolean | undefined;
  readonly priority?: Priority | undefined;
  /** Deaths that it was charged with. */
  readonly deaths: number;
  readonly charges: readonly Charge[];
  /** It was a retry of this one. */
  readonly letter?: number | undefined;
}

/** Of a message that has come to its end, while what it had lent is lent still, or where it had lent nothing. */
export function heldMail(message: Message, atItsEnd = false): HeldMail {
  const { args, special, bytes, deaths, charges = [], options } = message;
  const { idempotent, letter, priority } = options as typeof options & { priority?: Priority };
  const held = { special, bytes, idempotent, priority, deaths, charges, letter };
  if (special === true && atItsEnd && lentTensors(args).length > 0) {
    return { ...held, args: undefined, why: "its tensors were lent, and are its sender's again" };
  }
  return { ...held, args };
}

/** Of what was never a message. */
export function unsent(why: string): HeldMail {
  return { args: undefined, why, special: false, bytes: 0, deaths: 0, charges: [] };
}

/** Arguments as nobody else can change them: what a sender was refused it uses again. */
export function ownArguments(args: unknown[], special: Special): unknown[] {
  if (special === false) return structuredClone(args);
  const kept = special === true ? keptTensors(args) : args;
  return structuredClone(ownArrays({ value: kept, special }).value as unknown[]);
}
