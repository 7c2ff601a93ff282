import { DEFAULT_METHOD_LIMIT, LEARNED_LIMIT_RUNS } from "../defaults.js";
import { milliseconds } from "../duration.js";
import type { MethodFacts } from "./methods.js";

const LEAST_MS = milliseconds(DEFAULT_METHOD_LIMIT, "DEFAULT_METHOD_LIMIT");

/** A run shorter than this raises no limit, ms. */
export const LEARN_FROM_MS = LEAST_MS / LEARNED_LIMIT_RUNS;

/**
 * The longest that one run of a method may take before it counts as hung, ms: the one place of this rule.
 *
 * What a method declares is its limit, whatever was seen and whoever asks. A method that declares none must never be
 * killed for honest long work, so its limit is the longest of
 * - the default, 60 s;
 * - ten times the longest run of it that ended well, in this child, since the system started. A machine that is
 *   shared by others, a model before its code is optimised and an input of twice the length each cost a small factor, and
 *   all of them together less than ten;
 * - what its caller is ready to wait, from the moment it began: nobody shall see a handler killed while he waits for it.
 *
 * No limit at all has only a method that says so, with `limit: Infinity`: a caller without a deadline, or a tell, names no
 * time, and raises nothing.
 * @param longestMs the longest run that ended well, 0 for none
 * @param waitsMs from the beginning of the run to its caller's deadline; Infinity where there is none
 */
export function methodLimit({ limitMs, learns }: MethodFacts, longestMs: number, waitsMs: number): number {
  if (!learns) return limitMs;
  return Math.max(limitMs, longestMs * LEARNED_LIMIT_RUNS, Number.isFinite(waitsMs) ? waitsMs : 0);
}
