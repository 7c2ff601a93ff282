import { type LearnedStart, observeStart } from "./learned-start.js";

/** How long members take to start: onto a parked spare, and without one. */
export class StartTimes {
  readonly #under = new Map<object, { readonly at: number; readonly warm: boolean }>();
  #warm: LearnedStart | undefined;
  #cold: LearnedStart | undefined;

  /** A start begins. @param warm a spare stands ready for it */
  begins(member: object, warm: boolean, now: number): void {
    this.#under.set(member, { at: now, warm });
  }

  /** It serves. */
  serves(member: object, now: number): void {
    const start = this.#under.get(member);
    if (!start) return;
    this.#under.delete(member);
    if (start.warm) this.#warm = observeStart(this.#warm, now - start.at, now);
    else this.#cold = observeStart(this.#cold, now - start.at, now);
  }

  /** How long the start under way will still take, ms; 0 where nobody knows. */
  left(member: object, now: number): number {
    const start = this.#under.get(member);
    return start === undefined ? 0 : Math.max(0, (this.expected(start.warm) ?? 0) - (now - start.at));
  }

  /** It does not: what it took says nothing. */
  fails(member: object): void {
    this.#under.delete(member);
  }

  /**
   * What the next one will take, ms; undefined while nothing is known. A cold start says nothing of one onto a spare: whoever
   * waited as long as that for the first of them would never have one.
   */
  expected(warm: boolean): number | undefined {
    return (warm ? this.#warm : (this.#cold ?? this.#warm))?.ms;
  }
}
