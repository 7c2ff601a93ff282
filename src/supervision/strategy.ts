import type { Strategy } from "./spec.js";

/**
 * Who goes down and comes up again when one child dies, the dead one included; in start order.
 *
 *   start order   a  b  c  d            (c dies)
 *   one-for-one         c
 *   rest-for-one        c  d            those after it were built on it
 *   all-for-one   a  b  c  d            they share one fate
 *
 * @param startOrder ids in start order; not walked for one-for-one, which therefore costs the same with any number
 */
export function affected(strategy: Strategy, startOrder: Iterable<string>, dead: string): Set<string> {
  switch (strategy) {
    case "one-for-one":
      return new Set([dead]);
    case "all-for-one":
      return new Set(startOrder);
    case "rest-for-one": {
      const rest = new Set<string>();
      for (const id of startOrder) {
        if (id === dead || rest.size > 0) rest.add(id);
      }
      return rest;
    }
  }
}

/** What started last stops first: nobody is stopped while something built on it is still up. */
export function stopOrder(startOrder: readonly string[]): string[] {
  return startOrder.toReversed();
}
