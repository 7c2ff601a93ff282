import { HoldfastError } from "../errors.js";
import type { Running } from "./running.js";
import type { Surroundings } from "./surroundings.js";

/**
 * What a handler threw is an answer to its caller, and its actor goes on. Where it has persisted an event, only a refusal is:
 * the state has to be as it was before, and only the next incarnation can be built so.
 */
export function isAnswer(running: Running, error: unknown, { replyOnThrow }: Surroundings): boolean {
  if (error instanceof HoldfastError && error.code === "Refused") return true;
  if (running.persisted !== undefined) return false;
  return replyOnThrow || running.cancelled || (running.stream?.isUnsendable(error) ?? false);
}
