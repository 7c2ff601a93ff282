import { HoldfastError, withoutStack } from "../../errors.js";
import type { Message } from "../../mailbox/message.js";
import type { SystemContext } from "../context.js";
import { evidenceOf } from "./evidence.js";
import type { DeathCause } from "./report.js";

/** The caller gets the handler's own error as the cause. */
export function handlerFailed(path: string, message: Message, cause: DeathCause): Error {
  const error = cause.kind === "threw" ? cause.error : undefined;
  const text = `${path}: ${message.method} threw ${error?.name}: ${error?.message}`;
  return withoutStack(() => new HoldfastError("HandlerFailed", text, { cause: error }));
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
  context.deaths.deadLetter({ path, key, incarnation, sender, method, reason: "poison", shape, evidence });
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
