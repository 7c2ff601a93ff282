import type { ActorFacts } from "../actor/methods.js";
import { HoldfastError, withoutStack } from "../errors.js";
import type { Mailbox } from "../mailbox/mailbox.js";
import type { Message } from "../mailbox/message.js";
import { fateAfterDeath } from "../mailbox/redelivery.js";
import type { SystemContext } from "./context.js";
import { evidenceOf, shapeOf } from "./evidence.js";
import { causeText, type DeathCause, type MessageEvidence } from "./report.js";

/** What was with an incarnation when it ended. */
export interface Estate {
  readonly cause: DeathCause;
  /** In the order they were handed over. */
  readonly delivered: readonly Message[];
  /** Answered since the last snapshot: they run again to rebuild the state. */
  readonly tail: readonly Message[];
  /** Executing at the end: sequence number to the moment it began. */
  readonly executing: ReadonlyMap<number, number>;
  /** The message whose handler threw, or 0. */
  readonly threwSeq: number;
  begun(seq: number): boolean;
  /** It was executing, and is charged with the death. */
  blamed(seq: number): boolean;
  readonly facts: ActorFacts | undefined;
}

export interface Losses {
  readonly executing: readonly MessageEvidence[];
  readonly redelivered: number;
  readonly failed: number;
  readonly poisoned: number;
}

/** What remains of an incarnation that ended. */
export interface Remains extends Losses {
  readonly cause: DeathCause;
  /** Charged to a message: one was executing, and nobody killed the host on purpose. */
  readonly guilty: boolean;
  readonly at: number | undefined;
}

/** Settles, or hands back to the mailbox in order, everything that was with an incarnation. */
export function settleAfterDeath(
  context: SystemContext,
  owner: { path: string; key: string | undefined; incarnation: number; mailbox: Mailbox },
  estate: Estate,
): Losses {
  const { cause, facts, threwSeq } = estate;
  const back: Message[] = [...estate.tail];
  const executing: MessageEvidence[] = [];
  const count = { failed: 0, poisoned: 0 };
  const why = causeText(cause);
  for (const message of estate.delivered) {
    const method = facts?.methods[message.method];
    const since = estate.executing.get(message.seq);
    const threw = message.seq === threwSeq;
    const blamed = since !== undefined && estate.blamed(message.seq);
    const fate = fateAfterDeath({
      begun: threw || since !== undefined || estate.begun(message.seq),
      blamed,
      threw,
      replay: message.replay,
      settled: message.settled,
      deaths: message.deaths,
      idempotent: message.idempotent || (method?.idempotent ?? false),
      replayable: facts?.replayable ?? false,
      stream: method?.stream ?? false,
    });
    if (blamed) message.deaths++;
    if (since !== undefined) {
      const ranForMs = context.clock.now() - since;
      executing.push(evidenceOf(message, ranForMs, method?.reveal ?? false));
    }
    message.courier = undefined;
    message.place = "gone";
    switch (fate) {
      case "redeliver":
        back.push(message);
        break;
      case "failed":
        count.failed++;
        message.fail(handlerFailed(owner.path, message, cause));
        break;
      case "died":
        count.failed++;
        message.fail(
          new HoldfastError("ActorDied", `${owner.path}: ${message.method} was executing when its host died (${why})`, {
            details: { cause: cause.kind },
          }),
        );
        break;
      case "broken":
        count.failed++;
        message.fail(
          new HoldfastError(
            "StreamBroken",
            `${owner.path}: ${message.method} ended after ${message.partsDelivered} values (${why})`,
            { details: { delivered: message.partsDelivered } },
          ),
        );
        break;
      case "poisoned": {
        count.poisoned++;
        const { path, key, incarnation } = owner;
        const { method: name, sender, args } = message;
        // A tell that fails becomes a dead letter by itself.
        if (message.ask) {
          const letter = { path, key, incarnation, sender, method: name, reason: "poison", shape: shapeOf(args) };
          context.deaths.deadLetter(letter);
        }
        message.fail(
          new HoldfastError(
            "PoisonedMessage",
            `${owner.path}: ${message.method} was executing at ${message.deaths} deaths and is not tried again (${why})`,
            { details: { deaths: message.deaths } },
          ),
        );
        break;
      }
      case "dropped":
        break;
      default:
        fate satisfies never;
    }
  }
  owner.mailbox.handBack(back);
  return { executing, redelivered: back.length - estate.tail.length, ...count };
}

/** The caller gets the handler's own error as the cause. */
function handlerFailed(path: string, message: Message, cause: DeathCause): Error {
  const error = cause.kind === "threw" ? cause.error : undefined;
  const text = `${path}: ${message.method} threw ${error?.name}: ${error?.message}`;
  return withoutStack(() => new HoldfastError("HandlerFailed", text, { cause: error }));
}
