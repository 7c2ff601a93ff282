/**
 * What starts first where messages wait: "high" before "normal" (the default) before "low"; or a rank, 0 (as "high") to 9, of
 * which "normal" is 1 and "low" 2.
 */
export type Priority = "high" | "normal" | "low" | number;

export const NORMAL_RANK = 1;

/** Few: each is a queue, and to tell more apart is to promise more than a queue can keep. */
export const LOWEST_RANK = 9;

const named = { high: 0, normal: NORMAL_RANK, low: 2 } as const;

/** In words, for errors. */
export const priorityWords = `"high", "normal", "low" or a whole number from 0 to ${LOWEST_RANK}`;

export function isPriority(value: unknown): value is Priority {
  if (typeof value === "string") return Object.hasOwn(named, value);
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LOWEST_RANK;
}

/** Undefined for a normal one, said or not: what most have needs no place of its own. */
export function rankOf(priority: Priority | undefined): number | undefined {
  const rank = typeof priority === "string" ? named[priority] : priority;
  return rank === NORMAL_RANK ? undefined : rank;
}
