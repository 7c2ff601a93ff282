import { HoldfastError } from "../../../errors.js";
import type { SwapOutcome } from "../swap/swap-options.js";

/** A version that nobody has heard of. */
export function unknownVersion(name: string, version: string): HoldfastError {
  return new HoldfastError("UnknownModel", `${name} has no version ${version}`, { details: { model: name, version } });
}

/** A version that was to be loaded and was not. */
export function notTaken({ name, to, phase, why }: SwapOutcome): HoldfastError {
  const details = { model: name, version: to, phase };
  return new HoldfastError("StartFailed", `${name} ${to} was not taken (${phase}): ${why}`, {
    retryable: false,
    details,
  });
}
