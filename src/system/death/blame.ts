import type { DeathCause } from "./report.js";

/** What is known of a death when one of its messages is judged. */
export interface Scene {
  readonly cause: DeathCause;
  /** Whose message it is. */
  readonly actor: number;
  /** The message whose handler threw, or 0. */
  readonly threwSeq: number;
  /** How many messages were executing in what died: the actor that threw, or its whole cell. */
  readonly suspects: number;
}

/**
 * Whether a message that was executing at a death is charged with it. Guilt is exact or it is nobody's: where several
 * were executing and the cause names none of them (an uncaught error, an exit, a full heap), each is only a suspect, and
 * two deaths as a bystander must not make a message poison. Such a death is paid for by the restart budget instead.
 */
export function isBlamed({ cause, actor, threwSeq, suspects }: Scene, seq: number): boolean {
  switch (cause.kind) {
    case "killed":
    case "stopped-itself":
    case "lingered":
    case "gave-up":
    case "start-failed":
      return false;
    case "hung":
      return cause.actor === actor && cause.seq === seq;
    case "threw":
      return threwSeq === 0 ? suspects === 1 : seq === threwSeq;
    default:
      return suspects === 1;
  }
}

const nobodysDoing: ReadonlySet<DeathCause["kind"]> = new Set([
  "killed",
  "stopped-itself",
  "start-failed",
  "lingered",
  "gave-up",
]);

/** Whether a death of this kind can be a message's doing at all. */
export function chargesMessages({ kind }: DeathCause): boolean {
  return !nobodysDoing.has(kind);
}
