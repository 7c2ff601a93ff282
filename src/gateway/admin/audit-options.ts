import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";

/** Where what operators do is written for good. */
export interface AuditFileOptions {
  /** One line of JSON for each act is appended here. */
  readonly path: string;
  /** At this size, MB, it is renamed to `path.1`, and another is begun. Default 10. */
  readonly maxMb?: number;
  /** So many of those before are kept: `path.1` is the newest. Default 5. */
  readonly keep?: number;
}

export interface AuditFileSettings {
  readonly path: string;
  readonly maxBytes: number;
  readonly keep: number;
}

/** A year of acts, by hand; small enough to be read in an editor. */
const MAX_MB = 10;
const KEEP = 5;

/** @throws HoldfastError InvalidSpec naming the option */
export function auditFileSettings(given: string | AuditFileOptions | undefined): AuditFileSettings | undefined {
  if (given === undefined) return undefined;
  const options = typeof given === "string" ? { path: given } : given;
  onlyKnownKeys(
    options,
    { path: true, maxMb: true, keep: true } satisfies KeysOf<AuditFileOptions>,
    "gateway.auditFile",
  );
  const { path, maxMb = MAX_MB, keep = KEEP } = options;
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw invalid("path", `${shown(path)}: give the path of a file`);
  }
  if (!(Number.isFinite(maxMb) && maxMb > 0)) throw invalid("maxMb", `${shown(maxMb)}: give a number above 0`);
  if (!(Number.isSafeInteger(keep) && keep >= 0 && keep <= 1000)) {
    throw invalid("keep", `${shown(keep)}: give a whole number from 0 to 1000`);
  }
  return { path, maxBytes: maxMb * 1024 * 1024, keep };
}

function invalid(name: string, problem: string): HoldfastError {
  const field = `gateway.auditFile.${name}`;
  return new HoldfastError("InvalidSpec", `${field} is ${problem}`, { details: { field } });
}
