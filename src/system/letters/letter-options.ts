import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import { positive } from "../memory/memory-options.js";
import type { DeadLetterOptions } from "./dead-letters.js";

/** More is no list for people any more, and each takes some hundred bytes. */
const MOST_KEPT = 1_000_000;

/** @throws HoldfastError InvalidSpec naming the option */
export function checkLetters(options: DeadLetterOptions | undefined): void {
  onlyKnownKeys(options, { keep: true, payloadMb: true } satisfies KeysOf<DeadLetterOptions>, "deadLetters");
  const { keep, payloadMb } = options ?? {};
  if (keep !== undefined && !(Number.isSafeInteger(keep) && keep >= 0 && keep <= MOST_KEPT)) {
    const text = `deadLetters.keep is ${shown(keep)}: give a whole number from 0 to ${MOST_KEPT}`;
    throw new HoldfastError("InvalidSpec", text, { details: { field: "deadLetters.keep" } });
  }
  if (payloadMb !== 0) positive(payloadMb, "deadLetters.payloadMb");
}
