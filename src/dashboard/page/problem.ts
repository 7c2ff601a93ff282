import { type ErrorCode, isHoldfastError, toError } from "../../errors.js";

const advice: Partial<Record<ErrorCode, string>> = {
  Unauthorized: "Use the token that the server was given, or printed when it started.",
  ConnectionLost: "Check that the server is running, then try again.",
  Unavailable: "The actor cannot take work now: see its state in the tree, and try again when it runs.",
  MailboxFull: "More work waits than the actor may queue: try again in a moment.",
  TooManyInFlight: "Wait for the answers that are under way.",
  Timeout: "The answer took too long: see in the tree whether the actor is busy.",
  StreamLost: "The server no longer knows this stream: start it again.",
  PayloadTooLarge: "Send something smaller, or raise the server's maxPayload.",
  Draining: "The server is stopping: try again when it is back.",
  NotExposed: "The server's configuration does not offer this.",
  ActorDied: "The actor has been restarted: try again.",
  HandlerFailed: "The actor has been restarted: try again, or try another input.",
};

/** What went wrong and what to do, in words for the page. */
export function problemText(thrown: unknown): string {
  const { message } = toError(thrown);
  if (!isHoldfastError(thrown)) return sentence(message);
  const next = advice[thrown.code];
  return next === undefined ? sentence(message) : `${sentence(message)} ${next}`;
}

function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
