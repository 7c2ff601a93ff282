/** A restart budget: at most `restarts` within `withinMs`. One more inside the window is over budget. */
export interface Intensity {
  /** A whole number >= 0 (0: the first death is over budget), or Infinity (never over budget). */
  readonly restarts: number;
  /** The window's length in milliseconds, > 0. */
  readonly withinMs: number;
}

/** When the restarts of a window were charged: monotonic milliseconds, oldest first, at most `restarts + 1` of them. */
export type Charges = readonly number[];

/** One for all who were never charged. */
export const noCharges: Charges = [];

/**
 * Charges one restart to a sliding window that is inclusive at its edge: a restart exactly `withinMs` old still
 * counts (as in OTP's `supervisor`).
 * @param now monotonic milliseconds
 */
export function charge(charges: Charges, budget: Intensity, now: number): { charges: Charges; over: boolean } {
  // Nothing can be over an unlimited budget, so nothing is kept: the list would grow with the death rate.
  if (budget.restarts === Number.POSITIVE_INFINITY) return { charges: [], over: false };
  const inWindow = charges.filter((at) => now - at <= budget.withinMs);
  inWindow.push(now);
  return { charges: inWindow, over: inWindow.length > budget.restarts };
}
