/*
 *   journal-1.log  journal-2.log  journal-3.log        changes, in order; the last one grows, the others never change
 *   checkpoint-2.ckpt                                  all that journals up to 2 come to: they may go
 *   checkpoint-3.tmp                                   a checkpoint that is being written, or was when the power went
 */
export const journalName = (number: number) => `journal-${number}.log`;
export const checkpointName = (number: number) => `checkpoint-${number}.ckpt`;
export const unfinishedName = (number: number) => `checkpoint-${number}.tmp`;

export interface StoreNames {
  /** Ascending. */
  readonly journals: readonly number[];
  /** Ascending. */
  readonly checkpoints: readonly number[];
  readonly unfinished: readonly string[];
}

/** What of a folder's names is a store's. */
export function storeNames(names: readonly string[]): StoreNames {
  const numbers = (pattern: RegExp) =>
    names
      .flatMap((name) => pattern.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((one, other) => one - other);
  return {
    journals: numbers(/^journal-([1-9]\d{0,14})\.log$/),
    checkpoints: numbers(/^checkpoint-([1-9]\d{0,14})\.ckpt$/),
    unfinished: names.filter((name) => /^checkpoint-\d+\.tmp$/.test(name)),
  };
}
