/**
 * What waits right behind a queued tell and was sent as it was: one plain argument each, and no message of its own. Of a
 * flood most messages are never made:
 *
 *   Message ─ more ─▶ [x, y, z]      its turn comes ─▶ x is the next, and [y, z] wait behind it
 */
export class TellRun {
  private firsts: unknown[];
  /** Those before it have gone. */
  private at = 0;

  constructor(first: unknown) {
    this.firsts = [first];
  }

  get empty(): boolean {
    return this.at === this.firsts.length;
  }

  push(first: unknown): void {
    if (this.at >= GONE_KEPT && this.at * 2 >= this.firsts.length) this.forget();
    this.firsts.push(first);
  }

  /** The argument of the next, and there is one. */
  shift(): unknown {
    const { firsts, at } = this;
    this.at = at + 1;
    return firsts[at];
  }

  /** A flood that never ends must not keep all that it ever told. */
  private forget(): void {
    this.firsts = this.firsts.slice(this.at);
    this.at = 0;
  }
}

/** Of those that have gone so many are kept before they are forgotten, and no more than there are others. */
const GONE_KEPT = 256;
