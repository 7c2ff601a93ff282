/** Answers over which what is learned of a member is averaged, the latest counting most. */
const REMEMBERED = 20;

/** What was seen of a member's answers: how long one takes it, and how many fail. Numbers alone, and no clock of its own. */
export class ServiceRecord {
  answered = 0;
  failedInRow = 0;
  /** The part of its latest answers that failed, 0 to 1. */
  failing = 0;
  /** What a message takes it, ms; undefined before the first answer. */
  serviceMs: number | undefined = undefined;
  /** What the latest took, ms, where that is known. */
  latestMs: number | undefined = undefined;
  #timed = 0;
  /** Since when it works on the message under way, monotonic ms; undefined where it is idle. */
  #since: number | undefined = undefined;

  /** It has work from now on, if it had none. */
  began(now: number): void {
    this.#since ??= now;
  }

  /** A message was answered. @param more it has others, and goes on with the next */
  ended(now: number, failed: boolean, more: boolean): void {
    this.answered++;
    this.failedInRow = failed ? this.failedInRow + 1 : 0;
    this.failing += ((failed ? 1 : 0) - this.failing) * weightOf(this.answered);
    this.latestMs = this.#since === undefined ? undefined : Math.max(0, now - this.#since);
    if (this.latestMs !== undefined) this.took(this.latestMs);
    this.#since = more ? now : undefined;
  }

  /** A message took so long, ms. */
  took(ms: number): void {
    this.#timed++;
    this.serviceMs = this.serviceMs === undefined ? ms : this.serviceMs + (ms - this.serviceMs) * weightOf(this.#timed);
  }

  /** It is down: what it was at is not counted. */
  paused(): void {
    this.#since = undefined;
  }

  /** It begins anew: what was seen before says nothing of it now. */
  forget(): void {
    this.answered = 0;
    this.failedInRow = 0;
    this.failing = 0;
    this.serviceMs = undefined;
    this.#timed = 0;
    this.#since = undefined;
  }
}

/** Of the latest, where there were so many. */
function weightOf(seen: number): number {
  return Math.max(1 / seen, 1 / REMEMBERED);
}
