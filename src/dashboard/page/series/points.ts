/** What is known of a unit at one look: messages a second, milliseconds, counts. NaN: not known. */
export interface Point {
  readonly rate: number;
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
  readonly waiting: number;
  readonly executing: number;
  readonly members: number;
  readonly ready: number;
}

export type Measure = keyof Point;

const measures: readonly Measure[] = ["rate", "failed", "p50", "p99", "waiting", "executing", "members", "ready"];

/** Looks that are kept: five minutes, one a second. */
export const POINTS_KEPT = 300;

/** The latest looks at one unit, in rings of a fixed size: a page that is open for days holds no more than one that began. */
export class Points {
  readonly #rings = new Map<Measure, Float32Array>();
  readonly #at = new Float64Array(POINTS_KEPT);
  #count = 0;

  /** @param at milliseconds since 1970 */
  add(at: number, point: Point): void {
    const place = this.#count % POINTS_KEPT;
    this.#at[place] = at;
    for (const measure of measures) {
      const value = point[measure];
      let ring = this.#rings.get(measure);
      // A measure that nobody ever takes costs nothing.
      if (!ring && Number.isNaN(value)) continue;
      if (!ring) {
        ring = new Float32Array(POINTS_KEPT).fill(Number.NaN);
        this.#rings.set(measure, ring);
      }
      ring[place] = value;
    }
    this.#count++;
  }

  /** Whether it was ever known. */
  knows(measure: Measure): boolean {
    return this.#rings.has(measure);
  }

  /** The newest value; undefined where there is none, or it is not known. */
  latest(measure: Measure): number | undefined {
    const value = this.#rings.get(measure)?.[(this.#count + POINTS_KEPT - 1) % POINTS_KEPT];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  }

  /** Oldest first; what is not known counts as 0. */
  last(measure: Measure, most: number): number[] {
    return this.#read(this.#rings.get(measure), most).map((value) => (Number.isNaN(value) ? 0 : value));
  }

  /** For a chart: oldest first, null where it is not known. */
  column(measure: Measure): (number | null)[] {
    return this.#read(this.#rings.get(measure), POINTS_KEPT).map((value) => (Number.isNaN(value) ? null : value));
  }

  /** The times of `column`, in seconds since 1970. */
  times(): number[] {
    return this.#read(this.#at, POINTS_KEPT).map((at) => at / 1000);
  }

  /** These, and then those of the other that are newer. */
  followedBy(newer: Points): this {
    const last = this.#count === 0 ? Number.NEGATIVE_INFINITY : this.#at[(this.#count - 1) % POINTS_KEPT]!;
    const times = newer.#read(newer.#at, POINTS_KEPT);
    const columns = measures.map((measure) => [measure, newer.#read(newer.#rings.get(measure), POINTS_KEPT)] as const);
    times.forEach((at, index) => {
      if (at <= last) return;
      this.add(
        at,
        Object.fromEntries(columns.map(([measure, values]) => [measure, values[index]!])) as unknown as Point,
      );
    });
    return this;
  }

  #read(ring: Float32Array | Float64Array | undefined, most: number): number[] {
    const length = Math.min(this.#count, most, POINTS_KEPT);
    const from = this.#count - length;
    return Array.from({ length }, (_, index) => ring?.[(from + index) % POINTS_KEPT] ?? Number.NaN);
  }
}
