import { HoldfastError } from "../../errors.js";
import type { Special } from "../../mailbox/message.js";
import type { Packed } from "../../transport/frames.js";
import { fromBytes, toBytes } from "./bytes.js";

/*
 * What stands in a store for one actor, as lists whose first item says what they are:
 *
 *   base   [1, version of the class, value, special]
 *   tail   [2, sequence of the message, method, arguments, special]
 *   tail   [3, version of the class, list of events, special]          of an event-sourced actor
 */
const STATE = 1;
const MESSAGE = 2;
const EVENTS = 3;

/** A snapshot, and the version of the class that made it. */
export interface StoredState extends Packed {
  readonly version: number;
}

/** What has happened in one message. */
export interface StoredEvents {
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

export function stateBytes({ version, value, special }: StoredState): Uint8Array {
  return toBytes([STATE, version, value, special]);
}

export function messageBytes({ sequence, method, args, special }: StoredMessage): Uint8Array {
  return toBytes([MESSAGE, sequence, method, args, special]);
}

export function eventBytes({ version, events }: StoredEvents): Uint8Array {
  return toBytes([EVENTS, version, events.value, events.special]);
}

/** @param whose for the error @throws HoldfastError StoreDamaged for bytes that are no events */
export function eventsIn(bytes: Uint8Array, whose: string): StoredEvents {
  const [version, value, special] = piece(bytes, EVENTS, whose);
  if (typeof version !== "number" || !Array.isArray(value) || !isSpecial(special)) throw noPiece(whose);
  return { version, events: { value, special } };
}

/** @param whose for the error @throws HoldfastError StoreDamaged for bytes that are no state */
export function stateIn(bytes: Uint8Array, whose: string): StoredState {
  const [version, value, special] = piece(bytes, STATE, whose);
  if (typeof version !== "number" || !isSpecial(special)) throw noPiece(whose);
  return { version, value, special };
}

/** @param whose for the error @throws HoldfastError StoreDamaged for bytes that are no message */
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
  if (!Array.isArray(value) || value[0] !== kind) throw noPiece(whose);
  return value.slice(1);
}

function isSpecial(value: unknown): value is Special {
  return typeof value === "boolean" || value === "large";
}

function noPiece(whose: string, cause?: unknown): HoldfastError {
  const text = `what is stored of ${whose} is none of its pieces: restore a backup, or app.forget() it`;
  return new HoldfastError("StoreDamaged", text, cause === undefined ? {} : { cause });
}
