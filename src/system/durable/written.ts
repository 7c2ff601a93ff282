import type { ActorFacts } from "../../actor/methods.js";
import { versionOf } from "../../host/migrated.js";
import type { Message, Outcome } from "../../mailbox/message.js";
import type { After } from "../actor/kept-state.js";
import type { InnerCallOptions } from "../sent.js";
import { changesOf, type Ran } from "./change.js";
import { eventBytes, messageBytes, stateBytes } from "./pieces.js";
import type { StoreChange } from "./store.js";

/** What a message that has run leaves to be stored, as bytes. */
export interface Written {
  /** The state after it, where a snapshot was due. */
  readonly state: Uint8Array | undefined;
  /** None where it is known to have changed nothing. */
  readonly changes: readonly StoreChange[];
  /** They take the next number. */
  readonly numbered: boolean;
}

/**
 * Pure.
 * @throws whatever there are no bytes for
 */
export function writtenOf(
  message: Message,
  after: After,
  outcome: Outcome,
  facts: ActorFacts,
  ran: Omit<Ran, "tail" | "state">,
): Written {
  const tail = tailOf(message, after, facts);
  const state = after.state && stateBytes({ version: versionOf(facts), ...after.state });
  const receipts = receiptsOf(message, outcome);
  const changes = [...changesOf({ ...ran, tail, state }), ...receipts];
  return { state, changes, numbered: tail !== undefined || receipts.length > 0 };
}

/** What its caller wants to find in the store with it. */
function receiptsOf({ sent }: Message, outcome: Outcome): readonly StoreChange[] {
  return (sent.options as InnerCallOptions).receipt?.(outcome) ?? [];
}

/** What stays of a message that has run, as bytes when they are asked for. */
function tailOf(message: Message, { events }: After, facts: ActorFacts): (() => Uint8Array) | undefined {
  const { sequence, method, args, special } = message;
  if (!facts.eventSourced) return () => messageBytes({ sequence, method, args, special });
  return events && (() => eventBytes({ version: versionOf(facts), events }));
}
