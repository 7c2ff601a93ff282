import type { Mailbox } from "./mailbox.js";

/** Mail that has no outcome, where it is. */
export interface MailStats {
  readonly waiting: number;
  readonly executing: number;
  /** When the next of those that wait was accepted, monotonic ms; undefined: none waits, or nobody read the clock for it. */
  readonly since: number | undefined;
}

/** Behind so many tells nobody looks for an ask: every unit is looked at each second. */
const MOST_LOOKED_AT = 64;

export const noMail: MailStats = { waiting: 0, executing: 0, since: undefined };

/** Both together. */
export function bothMail(one: MailStats, other: MailStats): MailStats {
  const { since = Number.POSITIVE_INFINITY } = one;
  const oldest = Math.min(since, other.since ?? Number.POSITIVE_INFINITY);
  return {
    waiting: one.waiting + other.waiting,
    executing: one.executing + other.executing,
    since: oldest === Number.POSITIVE_INFINITY ? undefined : oldest,
  };
}

/** What waits in a mailbox. @param replays some may wait for the state's sake alone: nobody waits for them */
export function waitingIn(mail: Mailbox | undefined, replays: boolean): MailStats {
  if (mail === undefined) return noMail;
  let forState = 0;
  if (replays) {
    mail.has(({ replay }) => {
      if (replay) forState++;
      return false;
    });
  }
  // Nobody reads the clock for a tell: the first of those that is known stands for the tells before it.
  let since: number | undefined;
  let looked = 0;
  mail.has(({ answer }) => {
    since = answer?.since;
    return since !== undefined || ++looked === MOST_LOOKED_AT;
  });
  return { waiting: mail.size - forState, executing: 0, since };
}
