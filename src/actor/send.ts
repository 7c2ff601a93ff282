/**
 * Asks; exactly one of the two hears of the outcome, maybe before it returns.
 * @param timeoutMs undefined: the default
 * @param bytes     of arguments that are known to be plain data, and nobody else's; -1: they are to be looked at
 */
export type Send = (
  args: unknown[],
  timeoutMs: number | undefined,
  bytes: number,
  resolve: (value: unknown) => void,
  reject: (error: Error) => void,
) => Unanswered | undefined;

/** A call that was sent; undefined stands for one that was refused at once. */
export interface Unanswered {
  giveUp(code: "Cancelled" | "Timeout", why: string): void;
}
