import { HoldfastError, withoutStack } from "../../errors.js";
import type { Message } from "../../mailbox/message.js";
import type { SystemContext } from "../context.js";
import { heldMail } from "../letters/held-mail.js";
import { evidenceOf } from "./evidence.js";
import { causeText, type DeathCause } from "./report.js";

/** The caller gets the handler's own error as the cause. */
export function handlerFailed(path: string, message: Message, cause: DeathCause): Error {
  const error = cause.kind === "threw" ? cause.error : undefined;
  const text = `${path}: ${message.method} threw ${error?.name}: ${error?.message}`;
  return withoutStack(() => new HoldfastError("HandlerFailed", text, { cause: error }));
}

/** How far a message was that goes down with its host; unknown: its host lives on, and may begin it yet. */
export type Stood = "executing" | "finished" | "unknown";

const stoodText: Record<Stood, string> = {
  executing: "was executing when its host died",
  finished: "had finished when its host died, and its answer was lost with it",
  unknown: "was with its host when that was given up, and may have run",
};

/** It may have taken effect; `details.finished`: its effect is whole, and only the answer is missing. */
export function hostDied(path: string, { method }: Message, cause: DeathCause, stood: Stood): Error {
  const details = { cause: cause.kind, ...(stood === "unknown" ? {} : { finished: stood === "finished" }) };
  return new HoldfastError("ActorDied", `${path}: ${method} ${stoodText[stood]} (${causeText(cause)})`, { details });
}

/** It killed twice: nobody tries it again. Its evidence goes into a dead letter, and its caller hears of both deaths. */
export function quarantine(
  context: SystemContext,
  owner: { path: string; key: string | undefined; incarnation: number },
  message: Message,
  reveal: boolean,
): void {
  const { path, key, incarnation } = owner;
  const { method, sender, deaths, charges = [] } = message;
  const evidence = { ...evidenceOf(message, undefined, reveal), charges };
  const { shape } = evidence;
  const { ask, sent } = message;
  const letter = {
    path,
    to: sent.to ?? path,
    key,
    incarnation,
    sender,
    method,
    reason: "poison",
    ask,
    shape,
    evidence,
  };
  context.deaths.deadLetter(letter, heldMail(message));
  const reports = charges.map(({ report }) => report);
  const causes = charges.map(({ cause }) => cause);
  const last = causes[causes.length - 1];
  message.fail(
    new HoldfastError(
      "PoisonedMessage",
      `${path}: ${method} was executing at ${deaths} deaths and is not tried again (${last})`,
      { details: { deaths, reports, causes } },
    ),
  );
}
