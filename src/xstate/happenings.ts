import type { AnyActorRef, AnyEventObject } from "xstate";
import type { Timer } from "../clock.js";
import { HoldfastError, isHoldfastError } from "../errors.js";
import type { ActorPath } from "./actor-paths.js";

/** What reached a machine by itself, as it travels through the mailbox. */
export type Happening =
  /** It was made anew: its first state is to be kept too. */
  | { readonly kind: "began" }
  | { readonly kind: "timer"; readonly timer: number }
  | {
      readonly kind: "event";
      readonly from: ActorPath | undefined;
      readonly to: ActorPath;
      /** The turn in which its receiver began: another may have its name by now. */
      readonly began: number;
      readonly event: AnyEventObject;
      /** The very actors, in the incarnation that saw it; never sent. */
      readonly live?: { readonly source: AnyActorRef | undefined; readonly target: AnyActorRef };
    };

/** A batch of them, numbered by who saw them. */
export interface HappeningsBatch {
  /** One incarnation of one program: the next program's first has the number of this one's. */
  readonly seenBy: string;
  readonly number: number;
  /** undefined: what is in them cannot be sent, only this incarnation knows it. */
  readonly happenings: readonly Happening[] | undefined;
}

/** Whether it is one: anybody who has the ref could send something else. */
export function isBatch(batch: unknown): batch is HappeningsBatch {
  const { seenBy, number, happenings } = (batch ?? {}) as Partial<HappeningsBatch>;
  if (typeof seenBy !== "string" || typeof number !== "number") return false;
  return happenings === undefined || (Array.isArray(happenings) && happenings.every(isHappening));
}

function isHappening(one: unknown): boolean {
  const { kind, timer, to, event } = (one ?? {}) as { kind?: unknown; timer?: unknown; to?: unknown; event?: unknown };
  if (kind === "began") return true;
  if (kind === "timer") return typeof timer === "number";
  return kind === "event" && Array.isArray(to) && typeof (event as { type?: unknown } | undefined)?.type === "string";
}

/** A refused message is sent again after so many ms, twice as many each time. */
const RETRY_MS = 20;
const LONGEST_RETRY_MS = 5000;

/** An observable that is faster than its machine would fill the memory. */
export const MOST_HAPPENINGS = 10_000;

export interface HappeningsPort {
  /** Nobody else's. */
  readonly name: string;
  /** Asks the actor itself. */
  ask(batch: HappeningsBatch): Promise<unknown>;
  after(ms: number, callback: () => void): Timer;
  /** The machine breaks over it. */
  fail(error: HoldfastError): void;
}

/**
 * What happened by itself, on its way through the actor's own mailbox: in its order, one message at a time with all that
 * waits. A mailbox that is full, or an actor that is busy for long, is asked again; the end of the incarnation ends it,
 * since its successor finds timers and invoked actors in the state.
 */
export class Happenings {
  readonly #port: HappeningsPort;
  #waiting: Happening[] = [];
  #sent: { number: number; happenings: Happening[] } | undefined;
  #number = 0;
  #over = false;

  constructor(port: HappeningsPort) {
    this.#port = port;
  }

  add(what: Happening): void {
    if (this.#over) return;
    if (this.#waiting.length >= MOST_HAPPENINGS) {
      this.end();
      const text = `${MOST_HAPPENINGS} events of timers, promises, callbacks and observables wait for their machine`;
      this.#port.fail(new HoldfastError("MailboxFull", `${text}: let what it invoked send less, or less often`));
      return;
    }
    this.#waiting.push(what);
    if (!this.#sent) this.#send();
  }

  /** What a message that came back stands for: the very events where this incarnation sent it. */
  open({ seenBy, number, happenings }: HappeningsBatch): readonly Happening[] {
    if (seenBy !== this.#port.name) return happenings ?? [];
    if (this.#sent?.number !== number) return [];
    const { happenings: own } = this.#sent;
    // Sent again since its answer was lost: it has happened.
    this.#sent.happenings = [];
    return own;
  }

  end(): void {
    this.#over = true;
    this.#waiting = [];
  }

  #send(): void {
    this.#sent = { number: ++this.#number, happenings: this.#waiting };
    this.#waiting = [];
    void this.#ask(RETRY_MS, true);
  }

  async #ask(pause: number, sendable: boolean): Promise<void> {
    const { number, happenings } = this.#sent!;
    const { name: seenBy } = this.#port;
    try {
      await this.#port.ask({ seenBy, number, happenings: sendable ? happenings.map(asSent) : undefined });
    } catch (error) {
      if (this.#over) return;
      // An outcome of a class of its own: it cannot be replayed, but it can be used here.
      if (sendable && isHoldfastError(error, "InvalidValue")) return this.#ask(pause, false);
      this.#port.after(pause, () => void this.#ask(Math.min(pause * 2, LONGEST_RETRY_MS), sendable));
      return;
    }
    this.#sent = undefined;
    if (this.#waiting.length > 0 && !this.#over) this.#send();
  }
}

function asSent(one: Happening): Happening {
  if (one.kind !== "event") return one;
  const { live: _, ...sent } = one;
  return sent;
}
