import type { ActorClass } from "../actor/actor.js";
import type { ActorFacts } from "../actor/methods.js";
import type { Notice } from "../actor/notice.js";
import type { Target } from "../actor/ref.js";
import type { MakeTensor } from "../actor/tensor-lease.js";
import type { Clock } from "../clock.js";
import type { Packed, ToHost, ToParent } from "../transport/frames.js";
import type { Link } from "../transport/link.js";
import type { ControlWriter } from "./control-writer.js";
import type { AskingActor } from "./host-asks.js";
import type { HostLog } from "./host-log.js";
import type { HostTracing } from "./host-tracing.js";
import type { callFor, Incarnation, whoseError } from "./own-errors.js";
import type { OwnBlock } from "./own-record.js";

/** See own-errors.ts. */
export type CallFor = typeof callFor;
export type WhoseError = typeof whoseError;

/** When a run ended, monotonic ms, where the next frame of the same turn is taken up next; else 0. A clock costs as much as a frame. */
export interface Stamp {
  at: number;
}

/** Props as they came, and as an actor sees them where no refs are in them. */
export interface Props {
  readonly packed: Packed;
  readonly plain: unknown;
}

/** What a runner needs of the cell around it: one for all actors of the cell. */
export interface Surroundings {
  readonly actorClass: ActorClass;
  readonly facts: ActorFacts;
  readonly shared: unknown;
  readonly control: ControlWriter;
  /** The same, where the parent is in the same thread. */
  readonly own?: OwnBlock | undefined;
  /** A method's place among the class's, from 1: its name in the flight recorder. */
  readonly methodNumbers: ReadonlyMap<string, number>;
  readonly clock: Clock;
  readonly stamp: Stamp;
  /** Frames hold the very objects of the parent: what both sides keep must be copied. */
  readonly sharesMemory: boolean;
  /** `onThrow: "reply"`: an error thrown by a handler is an answer, not a crash. */
  readonly replyOnThrow: boolean;
  /** Calls a method for an incarnation, so that an error it leaves behind is known as its own; undefined: plainly. */
  readonly callFor: CallFor | undefined;
  /** Where its lines go; undefined: nobody logs. */
  readonly log: HostLog | undefined;
  /** Where messages may belong to traces. */
  readonly tracing: HostTracing | undefined;
  /** Something is done that no message asked for. */
  working(): void;
  /** What had set the code going that runs now, where that is known. */
  readonly whoseError: WhoseError | undefined;
  /** Hands out tensors; undefined where there is nowhere to send them. */
  readonly tensor: MakeTensor | undefined;
  /** A message that came without a frame goes on: what it was lent is kept from others until its end. */
  lend?: ((call: Extract<ToHost, { t: "call" }>) => void) | undefined;
  send(frame: ToParent): void;
  /** See Link. */
  answer?: Link<ToParent>["answer"] | undefined;
  /** What was sent waits here for the end of the turn. Only where the parent is in the same thread. */
  unsent?: { readonly empty: boolean } | undefined;
  /** A method is about to begin, and nobody knows for how long: tells of what was sent. @param patient it is likely to be short */
  flush(patient: boolean): void;
  /** What a ref inside the host sends through, in the name of one incarnation of one actor. */
  target(path: string, asker: AskingActor): Target;
  /** Asks the parent for a child of an incarnation. */
  spawn(name: string | undefined, spec: unknown, asker: AskingActor): Promise<unknown>;
  /** Asks the parent to tell an incarnation of an end. */
  watch(path: string, key: string | undefined, asker: AskingActor): Promise<Notice>;
  /** This incarnation has ended, in whatever way. */
  over(ended: Incarnation): void;
}
