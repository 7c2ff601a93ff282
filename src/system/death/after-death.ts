import type { ActorFacts } from "../../actor/methods.js";
import { HoldfastError, withoutStack } from "../../errors.js";
import { type Executing, hasBegun } from "../../host/control-block.js";
import type { Mailbox } from "../../mailbox/mailbox.js";
import type { Message } from "../../mailbox/message.js";
import { fateAfterDeath } from "../../mailbox/redelivery.js";
import type { SystemContext } from "../context.js";
import { chargesMessages, isBlamed } from "./blame.js";
import { evidenceOf, shapeOf } from "./evidence.js";
import { causeText, type DeathCause, type MessageEvidence } from "./report.js";

/** What was with an incarnation when it ended. */
export interface Estate {
  readonly cause: DeathCause;
  /** When it happened, where the host could say. */
  readonly at: number | undefined;
  /** In the order they were handed over. */
  readonly delivered: readonly Message[];
  /** Answered since the last snapshot: they run again to rebuild the state. */
  readonly tail: readonly Message[];
  /** What the record says was executing at the end. */
  readonly executing: readonly Executing[];
  /** The sequence numbers that began last; "all": the host is still there and may begin any of them. */
  readonly begun: readonly number[] | "all";
  /** The message whose handler threw, or 0. */
  readonly threwSeq: number;
  /** How many messages were executing in what died: the actor that threw, or its whole cell. */
  readonly suspects: number;
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
  owner: { id: number; path: string; key: string | undefined; incarnation: number; mailbox: Mailbox },
  estate: Estate,
): Remains {
  const { cause, at, facts, threwSeq, suspects, begun } = estate;
  const scene = { cause, actor: owner.id, threwSeq, suspects };
  const back: Message[] = [...estate.tail];
  const executing: MessageEvidence[] = [];
  const count = { failed: 0, poisoned: 0 };
  const why = causeText(cause);
  for (const message of estate.delivered) {
    const method = facts?.methods[message.method];
    const { seq } = message;
    const threw = seq === threwSeq;
    const recorded = estate.executing.find((one) => one.seq === seq)?.since;
    const since = recorded ?? (threw ? context.clock.now() : undefined);
    const blamed = since !== undefined && isBlamed(scene, seq);
    const fate = fateAfterDeath({
      begun: since !== undefined || begun === "all" || begun.some((last) => hasBegun(seq, last)),
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
  const guilty = chargesMessages(cause) && executing.length > 0;
  return { cause, at, guilty, executing, redelivered: back.length - estate.tail.length, ...count };
}

/** The caller gets the handler's own error as the cause. */
function handlerFailed(path: string, message: Message, cause: DeathCause): Error {
  const error = cause.kind === "threw" ? cause.error : undefined;
  const text = `${path}: ${message.method} threw ${error?.name}: ${error?.message}`;
  return withoutStack(() => new HoldfastError("HandlerFailed", text, { cause: error }));
}
