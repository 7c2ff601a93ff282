/**
 * A ring of steps, each with a number in every column: a fixed piece of memory, allotted when it is made. Steps have numbers that
 * only grow, so that several rings stand beside one ring of times; a step that was left out is NaN.
 *
 *   step 7 of 3:   [ 6 | 7 | 5 ]   what is older than as many steps as it has is overwritten
 */
export class Series {
  readonly #steps: number;
  readonly #columns: Float32Array[];
  /** The first and the last step in it. */
  #first: number | undefined;
  #last = -1;

  constructor(columns: number, steps: number) {
    this.#steps = steps;
    this.#columns = Array.from({ length: columns }, () => new Float32Array(steps));
  }

  /** The last step that it has; -1 for none. */
  get last(): number {
    return this.#last;
  }

  /** @param step larger than the last one's */
  put(step: number, values: readonly number[]): void {
    this.#first ??= step;
    const skipped = Math.max(this.#last + 1, step - this.#steps, this.#first);
    for (let gap = skipped; gap < step; gap++)
      for (const column of this.#columns) column[gap % this.#steps] = Number.NaN;
    for (const [i, column] of this.#columns.entries()) column[step % this.#steps] = values[i] ?? Number.NaN;
    this.#last = step;
  }

  /** A copy of one column, from step to step, both included; NaN for a step that it does not have. */
  read(column: number, from: number, to: number): Float32Array {
    const values = this.#columns[column]!;
    const oldest = Math.max(this.#first ?? Number.POSITIVE_INFINITY, this.#last - this.#steps + 1);
    const read = new Float32Array(Math.max(0, to - from + 1));
    for (let i = 0; i < read.length; i++) {
      const step = from + i;
      read[i] = step >= oldest && step <= this.#last ? values[step % this.#steps]! : Number.NaN;
    }
    return read;
  }
}
