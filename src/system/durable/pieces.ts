import { HoldfastError } from "../../errors.js";
import type { Message, Special } from "../../mailbox/message.js";
import { isPriority, type Priority } from "../../protocol/priority.js";
import type { Packed } from "../../transport/frames.js";
import type { UnreadEvents } from "../actor/event-log.js";
import { fromBytes, sameBytes, toBytes } from "./bytes.js";

/*
 * What stands in a store for one actor, as lists whose first item says what they are:
 *
 *   base   [1, version of the class, value, special]
 *   base   [5]                                                         no state yet: the very beginning
 *   tail   [2, sequence of the message, method, arguments, special]
 *   tail   [3, version of the class, list of events, special]          of an event-sourced actor
 *   mail   [4, method, arguments, special, bytes, sender, priority, deaths]
 */
const STATE = 1;
const MESSAGE = 2;
const EVENTS = 3;
const TELL = 4;
const BEGINNING = 5;

/** A snapshot, and the version of the class that made it. */
export interface StoredState extends Packed {
  readonly version: number;
}

/** What has happened in one message. */
interface StoredEvents {
  readonly version: number;
  /** A list. */
  readonly events: Packed;
}

/** A message that was answered: run again on the state before it, it makes the state after it. */
export interface StoredMessage {
  /** The same as when it ran: what it did outside is known by it. */
  readonly sequence: number;
  readonly method: string;
  readonly args: unknown[];
  readonly special: Special;
}

/** A tell that waits. */
export interface StoredTell {
  readonly method: string;
  readonly args: unknown[];
  readonly special: Special;
  /** Its size in a mailbox. */
  readonly bytes: number;
  readonly sender: string;
  readonly priority: Priority;
  /** That it was blamed for. */
  readonly deaths: number;
}

export function stateBytes({ version, value, special }: StoredState): Uint8Array {
  return toBytes([STATE, version, value, special]);
}

export function messageBytes({ sequence, method, args, special }: StoredMessage): Uint8Array {
  return toBytes([MESSAGE, sequence, method, args, special]);
}

export function eventBytes({ version, events }: StoredEvents): Uint8Array {
  return toBytes([EVENTS, version, events.value, events.special]);
}

export function tellBytes({ method, args, special, bytes, sender, rank, deaths }: Message): Uint8Array {
  return toBytes([TELL, method, args, special, bytes, sender, rank, deaths]);
}

/** @param whose for the error @throws HoldfastError StoreDamaged for bytes that are no tell */
export function tellIn(from: Uint8Array, whose: string): StoredTell {
  const [method, args, special, bytes, sender, priority, deaths] = piece(from, TELL, whose);
  const right = typeof method === "string" && Array.isArray(args) && typeof sender === "string" && isPriority(priority);
  if (!right || typeof bytes !== "number" || typeof deaths !== "number" || !isSpecial(special)) throw noPiece(whose);
  return { method, args, special, bytes, sender, priority, deaths };
}

/** @param whose for the error @throws HoldfastError StoreDamaged for bytes that are no events */
function eventsIn(bytes: Uint8Array, whose: string): StoredEvents {
  const [version, value, special] = piece(bytes, EVENTS, whose);
  if (typeof version !== "number" || !Array.isArray(value) || !isSpecial(special)) throw noPiece(whose);
  return { version, events: { value, special } };
}

/** Events that are read when their turn comes. @param whose for the error */
export function unreadEvents(bytes: Uint8Array, whose: string): UnreadEvents {
  return { bytes: bytes.byteLength, read: () => eventsIn(bytes, whose) };
}

/** A base that stands for the very beginning: what came since builds the state. */
export function beginningBytes(): Uint8Array {
  return toBytes([BEGINNING]);
}

/** @param whose for the error @returns undefined for the very beginning @throws HoldfastError StoreDamaged for bytes that are no state */
export function stateIn(bytes: Uint8Array, whose: string): StoredState | undefined {
  if (sameBytes(bytes, beginningBytes())) return undefined;
  const [version, value, special] = piece(bytes, STATE, whose);
  if (typeof version !== "number" || !isSpecial(special)) throw noPiece(whose);
  return { version, value, special };
}

/** @param whose for the error @throws HoldfastError StoreDamaged for bytes that are no message, StateRefused for events */
export function messageIn(bytes: Uint8Array, whose: string): StoredMessage {
  const [sequence, method, args, special] = piece(bytes, MESSAGE, whose);
  const right = typeof sequence === "number" && typeof method === "string" && Array.isArray(args);
  if (!right || !isSpecial(special)) throw noPiece(whose);
  return { sequence, method, args, special };
}

function piece(bytes: Uint8Array, kind: number, whose: string): readonly unknown[] {
  let value: unknown;
  try {
    value = fromBytes(bytes);
  } catch (cause) {
    throw noPiece(whose, cause);
  }
  if (!Array.isArray(value)) throw noPiece(whose);
  if (kind === MESSAGE && value[0] === EVENTS) throw cannotApply(whose);
  if (value[0] !== kind) throw noPiece(whose);
  return value.slice(1);
}

function isSpecial(value: unknown): value is Special {
  return typeof value === "boolean" || value === "large";
}

function noPiece(whose: string, cause?: unknown): HoldfastError {
  const text = `what is stored of ${whose} is none of its pieces: restore a backup, or app.forget() it`;
  return new HoldfastError("StoreDamaged", text, cause === undefined ? {} : { cause });
}

function cannotApply(whose: string): HoldfastError {
  return new HoldfastError(
    "StateRefused",
    `${whose} has stored events, and its class has no apply(event): write it beside snapshot() and restore(); what is stored stays as it is`,
  );
}
