import type { Gauge } from "./gauge.js";
import { type Growth, type GrowthVerdict, judgeGrowth, type Lesson } from "./growth-judge.js";

/**
 * The growth that waits to be judged, and what was learned from those before.
 *
 *   grew ─▶ (its members serve) ─▶ seen for a while ─▶ verdict: helped │ undone, with a lesson │ unclear
 */
export class GrowthTrial {
  readonly #gauge: Gauge;
  #growth: Growth | undefined;
  #serves = false;
  #lesson: Lesson | undefined;

  constructor(gauge: Gauge) {
    this.#gauge = gauge;
  }

  /** Somebody has to look again. */
  get open(): boolean {
    return this.#growth !== undefined;
  }

  /** No more members than this may help now. */
  most(now: number): number {
    return this.#lesson && now < this.#lesson.until ? this.#lesson.size : Number.POSITIVE_INFINITY;
  }

  /** The rule wanted more. What grows once more is judged as one growth. */
  grew(from: number, to: number, now: number): void {
    const { from: first, before } = this.#growth ?? { from, before: this.#gauge.lately(now) };
    this.#growth = { at: now, from: first, to, before };
    this.#serves = false;
  }

  /** It has another size by other ways: there is nothing to judge. */
  drop(now: number): void {
    this.#close();
    this.#gauge.resized(now);
  }

  /** @param served the members that it brought are up */
  judge(now: number, served: boolean): { growth: Growth; verdict: Exclude<GrowthVerdict, { is: "open" }> } | undefined {
    const growth = this.#growth;
    if (!growth || !served) return undefined;
    if (!this.#serves) {
      this.#serves = true;
      this.#gauge.growthServes(now);
      return undefined;
    }
    const after = this.#gauge.sinceGrowth(now)!;
    const verdict = judgeGrowth(growth, after, now, this.#lesson);
    if (verdict.is === "open") return undefined;
    if (verdict.is === "undone") {
      this.#lesson = verdict.lesson;
      this.#gauge.resized(now);
    } else if (verdict.is === "helped") this.#lesson = undefined;
    this.#close();
    return { growth, verdict };
  }

  #close(): void {
    this.#growth = undefined;
    this.#gauge.judged();
  }
}
