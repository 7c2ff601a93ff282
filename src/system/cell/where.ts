/** A host with work in it writes its beat every 100 ms: after so long without one its event loop does not turn, ms. */
const BEAT_MISSED_MS = 250;

/** What a handler that is past its limit does, as far as its host's record tells. */
export type HungWhere =
  /** Its event loop does not turn: a loop in JavaScript, or a native call that nobody marked. */
  | "js"
  /** It is in a call that was marked as native: nothing in a thread can end that. */
  | "native"
  /** Its event loop turns: it awaits what has not come. */
  | "await";

/**
 * Where a handler hangs. Undefined where the record cannot tell yet: its limit is shorter than two beats.
 *
 *   since ──── limit ──▶ now     native      the phase says so
 *     │ ♥ ♥ ♥ ♥ ♥ ♥              await       a beat after it began, and a fresh one
 *     │                          js          none for longer than beats are apart
 *
 * @param since when it began, monotonic ms, as everywhere here
 * @param beat the last beat; undefined where its event loop is the watcher's own, which turns
 */
export function whereItHangs(
  now: number,
  since: number,
  native: boolean,
  beat: number | undefined,
): HungWhere | undefined {
  if (native) return "native";
  if (beat === undefined) return "await";
  if (now - Math.max(beat, since) > BEAT_MISSED_MS) return "js";
  return beat > since ? "await" : undefined;
}
