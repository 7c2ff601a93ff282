/** Asks; exactly one of the two hears of the outcome, maybe before it returns. @param timeoutMs undefined: the default */
export type Send = (
  args: unknown[],
  timeoutMs: number | undefined,
  resolve: (value: unknown) => void,
  reject: (error: Error) => void,
) => Unanswered | undefined;

/** A call that was sent; undefined stands for one that was refused at once. */
export interface Unanswered {
  giveUp(code: "Cancelled" | "Timeout", why: string): void;
}
