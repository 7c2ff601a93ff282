import type { Origin } from "../../transport/frames.js";
import type { DeathCause } from "./report.js";

/** What is known of a death when one of its messages is judged. */
export interface Scene {
  readonly cause: DeathCause;
  /** Whose message it is. */
  readonly actor: number;
  /** What the death is traced to, if anything: the handler that threw, or what had set the failed work going. */
  readonly culprit: Origin | undefined;
  /** That one was executing. If not, its answer was given before; what it left behind may have failed by another's doing. */
  readonly named: boolean;
  /** How many may be the cause: what was executing in what died, the actor that threw or its whole cell. */
  readonly suspects: number;
}

/**
 * guilty: charged with the death. suspect: it may have been this one, which a trial alone will show. innocent: neither.
 */
export type Verdict = "guilty" | "suspect" | "innocent";

/**
 * How a message that was executing at a death is judged. Guilt is exact or it is nobody's: where several were executing and
 * the cause names none of them (an exit, a full heap, a blocked loop), each is only a suspect, and two deaths as a
 * bystander must not make a message poison. Suspects are tried again alone; only one that dies alone is guilty.
 *
 *   on purpose                       ─▶ innocent
 *   traced to one that was executing ─▶ that one guilty, the others innocent
 *   several were executing           ─▶ suspects
 *   traced to what had been answered ─▶ suspect; tried alone already, guilty
 *   it alone was executing           ─▶ guilty
 *
 * @param tried it was a suspect before, and so ran alone this time
 */
export function judge({ cause, actor, culprit, named, suspects }: Scene, seq: number, tried: boolean): Verdict {
  if (!chargesMessages(cause)) return "innocent";
  if (culprit && named) return culprit.actor === actor && culprit.seq === seq ? "guilty" : "innocent";
  if (suspects > 1 || (culprit && !tried)) return "suspect";
  return "guilty";
}

/**
 * What a cause names as its origin. A message past its limit is named for that alone only where its host was heard of
 * lately: in one that has been silent, another's loop may have kept it from its end.
 */
export function culpritOf(cause: DeathCause): Origin | undefined {
  if (cause.kind !== "hung" && cause.kind !== "uncaught" && cause.kind !== "threw") return undefined;
  const { actor, seq } = cause;
  if (actor === undefined || seq === undefined) return undefined;
  const silent = cause.kind === "hung" && (cause.silentMs ?? 0) * 2 > cause.limitMs;
  return silent ? undefined : { actor, seq };
}

const nobodysDoing: ReadonlySet<DeathCause["kind"]> = new Set([
  "unstored",
  "killed",
  "stopped-itself",
  "start-failed",
  "lingered",
  "gave-up",
]);

/** Whether a death of this kind can be a message's doing at all. */
export function chargesMessages(cause: DeathCause): boolean {
  const byHand = cause.kind === "hung" && cause.by !== undefined;
  return !byHand && !nobodysDoing.has(cause.kind);
}
