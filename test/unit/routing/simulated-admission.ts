import type { Chance } from "../../../src/clock.js";
import { admit, busyFor, worthStarting } from "../../../src/routing/admission/admission-rule.js";
import { type LearnedMethod, observeMethod } from "../../../src/routing/admission/learned-method.js";

/** Work that comes at its time, whatever became of what came before. */
export interface Overload {
  /** Of what the members can do at most: 1 is their capacity. */
  readonly load: number;
  /** What a message takes, ms. */
  readonly draw: (chance: Chance) => number;
  /** Its mean, ms. */
  readonly meanMs: number;
  readonly deadlineMs: number;
  readonly members: number;
  readonly forMs: number;
  /** Whether anybody is judged; else all wait in a bounded queue until their deadline. */
  readonly admission: boolean;
  readonly chance: Chance;
}

export interface Goodput {
  /** Answers in time, of what the members could give had they done nothing else. */
  readonly good: number;
  /** Answers that came too late: work for nothing. */
  readonly late: number;
  readonly refused: number;
  readonly expired: number;
}

const MAILBOX = 1000;

/** One queue before members that take one at a time, with the rule that pools ask. */
export function overload({
  load,
  draw,
  meanMs,
  deadlineMs,
  members: count,
  forMs,
  admission,
  chance,
}: Overload): Goodput {
  const rate = (load * count) / meanMs;
  const pause = () => -Math.log(1 - chance()) / rate;
  const members = Array.from({ length: count }, () => ({ since: 0, until: -1, deadline: -1 }));
  const queue: number[] = [];
  let learned: LearnedMethod | undefined;
  let [good, late, refused, expired] = [0, 0, 0, 0];
  let next = pause();
  for (let now = 0; now < forMs; ) {
    now = members.reduce((first, { until }) => (until >= now && until < first ? until : first), next);
    for (const member of members) {
      if (member.until < 0 || member.until > now) continue;
      member.until = -1;
      if (now <= member.deadline) good++;
      else late++;
      learned = observeMethod(learned, now - member.since, now);
    }
    // All have as long, so the first one is the first to be late.
    while (queue.length > 0 && queue[0]! <= now) {
      queue.shift();
      expired++;
    }
    if (now >= next) {
      next = now + pause();
      const freeIn = members.map(({ until, since }) => (until < 0 ? 0 : busyFor(learned?.ms ?? 0, now - since)));
      const waits = queue.length > 0 || members.every(({ until }) => until >= 0);
      const view = { leftMs: deadlineMs, ahead: queue.length, serviceMs: learned?.ms ?? 0, freeIn, maxWaitMs: 1e9 };
      const judged = admission && waits && learned ? admit({ ...view, own: learned }).admitted : queue.length < MAILBOX;
      if (judged) queue.push(now + deadlineMs);
      else refused++;
    }
    for (const member of members) {
      if (member.until >= 0) continue;
      while (admission && learned && queue.length > 1 && !worthStarting(queue[0]! - now, learned)) {
        queue.shift();
        refused++;
      }
      const deadline = queue.shift();
      if (deadline === undefined) break;
      Object.assign(member, { since: now, until: now + draw(chance), deadline });
    }
  }
  const capacity = (forMs * count) / meanMs;
  return { good: good / capacity, late: late / capacity, refused, expired };
}
