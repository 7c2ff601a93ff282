/** Of those that have gone so many are kept before they are forgotten, and no more than there are others. */
const GONE_KEPT = 256;

/** A list that has grown to no more than this is used again: to grow one anew costs a flood a twentieth. */
const SPARE_LENGTH = 2048;

/** Of the run that ended last. */
let spare: unknown[] | undefined;

/**
 * What waits right behind a queued tell and was sent as it was: one plain argument each, and no message of its own. Of a
 * flood most messages are never made:
 *
 *   Message ─ more ─▶ [x, y, z]      its turn comes ─▶ x is the next, and [y, z] wait behind it
 */
export class TellRun {
  /** From `at` to `end`; what else stands in it is nothing. */
  private firsts: unknown[];
  private at = 0;
  private end = 1;

  constructor(first: unknown) {
    this.firsts = spare ?? [];
    spare = undefined;
    this.firsts[0] = first;
  }

  get empty(): boolean {
    return this.at === this.end;
  }

  push(first: unknown): void {
    if (this.at >= GONE_KEPT && this.at * 2 >= this.end) this.forget();
    this.firsts[this.end++] = first;
  }

  /** The argument of the next, and there is one. */
  shift(): unknown {
    const { firsts, at } = this;
    const first = firsts[at];
    firsts[at] = undefined;
    this.at = at + 1;
    if (this.at === this.end) this.over();
    return first;
  }

  private over(): void {
    if (this.firsts.length <= SPARE_LENGTH) spare = this.firsts;
    this.firsts = [];
    this.at = 0;
    this.end = 0;
  }

  /** A flood that never ends must not keep all that it ever told. */
  private forget(): void {
    this.firsts = this.firsts.slice(this.at, this.end);
    this.end -= this.at;
    this.at = 0;
  }
}
