import type { ActorFacts } from "../actor/methods.js";
import type { Load } from "../actor/sight.js";
import type { Message, Sent } from "../mailbox/message.js";
import type { Tally } from "../mailbox/tally.js";

/** What a target delivers to. Throws to refuse. */
export interface Receiver {
  readonly path: string;
  readonly incarnation: number;
  /** Where what is sent to it is counted. */
  readonly tally: Tally;
  accept(message: Message, key: string | undefined): void;
  /** What it accepts now it runs next, in this thread and before this turn of the event loop is over; default false. */
  readonly atOnce?: boolean;
  /**
   * Accepts a message of plain arguments, without a key, where nothing is looked at but that it runs next, in this thread and
   * before this turn of the event loop is over.
   * @returns false where it has to be accepted as any other, or refused
   */
  begins?(message: Message): boolean;
  /**
   * Accepts a tell with one plain argument and no key, where it can wait behind one that was sent the same way.
   * @returns false where it has to be accepted as a message, or refused
   */
  joins?(sent: Sent, first: unknown): boolean;
  /** Whether the method's answer is known to be a stream; undefined before the actor's first start. */
  isStream(method: string): boolean | undefined;
  /** What its class says of its methods, once that is known. */
  readonly facts?: ActorFacts | undefined;
  /** What it changes outlives the process; default false. */
  readonly durable?: boolean;
  /** Of its members together; only where it has some. */
  readonly load?: Load;
  /** See Resizable. */
  resize?(to: number | "auto"): Promise<void>;
}
