import { HoldfastError } from "../errors.js";
import { encodeError } from "../transport/error-codec.js";
import { GIVEN_UP, type ToHost, type ToParent } from "../transport/frames.js";

/** The answer to a call that is not begun: its caller gave up, or its deadline has passed. */
export function notBegun({ actor, incarnation, seq, method, expires }: Extract<ToHost, { t: "call" }>): ToParent {
  const [code, why] =
    expires === GIVEN_UP
      ? (["Cancelled", "the caller gave up"] as const)
      : (["Timeout", "its deadline passed"] as const);
  const text = `${method}: ${why} (it had been handed over and not begun)`;
  const error = encodeError(new HoldfastError(code, text, { retryable: true, details: { started: false } }));
  return { t: "done", actor, incarnation, seq, ran: false, outcome: { ok: false, error }, state: undefined };
}
