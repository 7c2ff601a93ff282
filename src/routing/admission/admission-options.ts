import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";

/** Whom a pool lets in. */
export interface AdmissionOptions {
  /** Nobody waits longer than this for a member, as far as it can be known: asks and tells beyond it are refused. Default: as long as their deadline. */
  maxWait?: Duration;
}

export interface AdmissionLimits {
  readonly maxWaitMs: number;
}

const admissionKeys: KeysOf<AdmissionOptions> = { maxWait: true };

/** @returns undefined where everything is let in. @throws HoldfastError InvalidSpec naming the field */
export function admissionLimits(
  options: boolean | AdmissionOptions | undefined,
  field: string,
): AdmissionLimits | undefined {
  if (options === false) return undefined;
  if (options === undefined || options === true) return { maxWaitMs: Number.POSITIVE_INFINITY };
  if (typeof options !== "object" || options === null) {
    const text = `${field} is ${shown(options)}: give false, or { maxWait: "500ms" }`;
    throw new HoldfastError("InvalidSpec", text, { details: { field } });
  }
  onlyKnownKeys(options, admissionKeys, field);
  const { maxWait } = options;
  return {
    maxWaitMs: maxWait === undefined ? Number.POSITIVE_INFINITY : milliseconds(maxWait, `${field}.maxWait`),
  };
}
