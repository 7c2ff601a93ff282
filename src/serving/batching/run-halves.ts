import { HoldfastError, isError, toError } from "../../errors.js";

/** What became of an item: its result, or the error in its place. */
export interface ItemOutcome<R> {
  readonly value: R | Error;
  readonly failed: boolean;
}

/**
 * Runs items together. Where the run as a whole fails and they may run again, they do in halves, so that a bad one fails alone:
 * of n items with one bad, some 2 log2 n runs, and 2n - 1 at most.
 *
 *   [a b c D]  ✗ ──▶ [a b] ✓   [c D] ✗ ──▶ [c] ✓   [D] ✗
 *
 * @param still which of some are still wanted, asked before each run but the first: the others' outcome is the last error
 */
export async function runHalves<T, R>(
  items: readonly T[],
  run: (items: readonly T[]) => Promise<readonly (R | Error)[]> | readonly (R | Error)[],
  again: boolean,
  still: (item: T) => boolean,
): Promise<{ outcomes: Map<T, ItemOutcome<R>>; runs: number }> {
  const outcomes = new Map<T, ItemOutcome<R>>();
  let runs = 0;
  const attempt = async (some: readonly T[]): Promise<void> => {
    runs++;
    try {
      const answers = await run(some);
      check(answers, some.length);
      for (const [i, item] of some.entries()) outcomes.set(item, { value: answers[i]!, failed: isError(answers[i]) });
    } catch (thrown) {
      const error = toError(thrown);
      for (const item of some) outcomes.set(item, { value: error, failed: true });
      if (!again || some.length === 1) return;
      const middle = Math.ceil(some.length / 2);
      for (const half of [some.slice(0, middle), some.slice(middle)]) {
        const wanted = half.filter(still);
        if (wanted.length > 0) await attempt(wanted);
      }
    }
  };
  await attempt(items);
  return { outcomes, runs };
}

function check(answers: unknown, count: number): void {
  if (Array.isArray(answers) && answers.length === count) return;
  const got = Array.isArray(answers) ? `${answers.length} answers` : "no array";
  throw new HoldfastError("InvalidValue", `a batch of ${count} gave ${got}: run() answers one for each item, in order`);
}
