import type { ActorFacts } from "../../actor/methods.js";
import { HoldfastError } from "../../errors.js";
import { type Executing, hasBegun } from "../../host/control-block.js";
import type { Mailbox } from "../../mailbox/mailbox.js";
import type { Message } from "../../mailbox/message.js";
import { fateAfterDeath } from "../../mailbox/redelivery.js";
import type { Suspects } from "../cell/suspects.js";
import type { SystemContext } from "../context.js";
import type { Wreck } from "./black-box.js";
import { judge, type Verdict } from "./blame.js";
import { evidenceOf, evidenceSoon } from "./evidence.js";
import { handlerFailed, hostDied, quarantine } from "./outcomes.js";
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
  readonly suspects: Suspects;
  readonly facts: ActorFacts | undefined;
  /** It ran in a host of its own: what goes back is not answered before the next turn. */
  readonly apart: boolean;
  /** The number that its report will have, taken when it is first asked for. */
  readonly report: () => number;
  /** Where it was, if anywhere. */
  readonly wreck?: Wreck | undefined;
}

export interface Losses {
  readonly executing: readonly MessageEvidence[];
  readonly answersLost: readonly MessageEvidence[];
  readonly redelivered: number;
  readonly failed: number;
  readonly poisoned: number;
}

/** What remains of an incarnation that ended. */
export interface Remains extends Losses {
  readonly cause: DeathCause;
  /**
   * Charged to a message, or to be: the guilty one is known, or its suspects are tried again. Not where the actor had sent
   * it to itself: nobody else's input did that.
   */
  readonly guilty: boolean;
  readonly at: number | undefined;
  /** The number kept for its report; undefined: any. */
  readonly report?: number | undefined;
  /** Where it was, if anywhere. */
  readonly wreck?: Wreck | undefined;
}

/** Settles, or hands back to the mailbox in order, everything that was with an incarnation. */
export function settleAfterDeath(
  context: SystemContext,
  owner: { id: number; path: string; key: string | undefined; incarnation: number; mailbox: Mailbox },
  estate: Estate,
): Remains {
  const { cause, at, facts, threwSeq, begun } = estate;
  const { culprit, named, count: suspects } = estate.suspects;
  const scene = { cause, actor: owner.id, culprit, named, suspects };
  const back: Message[] = [...estate.tail];
  const executing: MessageEvidence[] = [];
  const answersLost: MessageEvidence[] = [];
  const count = { failed: 0, poisoned: 0 };
  let report: number | undefined;
  let guilty = false;
  const why = causeText(cause);
  for (const message of estate.delivered) {
    const method = facts?.methods[message.method];
    const { seq } = message;
    const threw = seq === threwSeq;
    const recorded = estate.executing.find((one) => one.seq === seq)?.since;
    const since = recorded ?? (threw ? context.clock.now() : undefined);
    const verdict: Verdict = since === undefined ? "innocent" : judge(scene, seq, message.suspect);
    // The record of a host that lives on says nothing of what it begins from here on.
    const stood = since !== undefined ? "executing" : begun === "all" ? "unknown" : "finished";
    const blamed = verdict === "guilty";
    const fate = fateAfterDeath({
      begun: since !== undefined || begun === "all" || begun.some((last) => hasBegun(seq, last)),
      blamed,
      threw,
      replay: message.replay,
      settled: message.settled,
      deaths: message.deaths,
      // A second run would find what the first has changed.
      idempotent: !method?.mutates && (message.idempotent || (method?.idempotent ?? false)),
      replayable: facts?.replayable ?? false,
      stream: method?.stream ?? false,
    });
    if (blamed) {
      report ??= estate.report();
      message.deaths++;
      message.charges = [...(message.charges ?? []), { report, cause: why }];
    }
    if (verdict !== "innocent") message.suspect = true;
    const own = message.asker?.path === owner.path;
    guilty ||= !own && (blamed || (verdict === "suspect" && fate === "redeliver"));
    if (since !== undefined) {
      const ranForMs = context.clock.now() - since;
      const evidence = fate === "redeliver" && estate.apart ? evidenceSoon : evidenceOf;
      executing.push(evidence(message, ranForMs, method?.reveal ?? false));
    }
    if (message.trace !== undefined) {
      if (since !== undefined) report ??= estate.report();
      message.trace.died(cause.kind, since === undefined ? undefined : report, since);
    }
    message.place = "gone";
    switch (fate) {
      case "redeliver":
        if (blamed) message.mail?.charged(message);
        if (!message.settled) message.sent.tally.redelivered++;
        back.push(message);
        break;
      case "failed":
        count.failed++;
        message.fail(handlerFailed(owner.path, message, cause));
        break;
      case "died":
        count.failed++;
        if (stood === "finished") answersLost.push(evidenceOf(message, undefined, method?.reveal ?? false));
        message.fail(hostDied(owner.path, message, cause, stood));
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
      case "poisoned":
        count.poisoned++;
        quarantine(context, owner, message, method?.reveal ?? false);
        break;
      case "dropped":
        break;
      default:
        fate satisfies never;
    }
  }
  owner.mailbox.handBack(back);
  const { wreck } = estate;
  return {
    cause,
    at,
    guilty,
    executing,
    answersLost,
    report,
    wreck,
    redelivered: back.length - estate.tail.length,
    ...count,
  };
}
