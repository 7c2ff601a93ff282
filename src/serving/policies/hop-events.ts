import type { BreakerEvent } from "../../actor/sight.js";
import { tellListener } from "../../guarded.js";

/** What the policies of a hop have done: `hop(ref, { onEvent })`. Never a payload. */
export type HopEvent =
  /** Its app's subscribers are told of this one too. */
  | BreakerEvent
  /** A call is made again, in so many ms, since an attempt ended with this code. */
  | {
      readonly type: "retry";
      readonly path: string;
      readonly method: string;
      readonly attempt: number;
      readonly code: string;
      readonly afterMs: number;
    }
  /** A call took longer than most: another member is asked too. */
  | { readonly type: "hedge"; readonly path: string; readonly method: string; readonly afterMs: number }
  /** An answer of the cache whose time was over was given instead of an error. */
  | {
      readonly type: "stale";
      readonly path: string;
      readonly method: string;
      readonly ageMs: number;
      readonly code: string;
    }
  /** The fallback was asked, since the call ended with this code; `failed`: so did the fallback, with this. */
  | {
      readonly type: "fallback";
      readonly path: string;
      readonly method: string;
      readonly code: string;
      readonly failed?: string;
    };

/** Tells a listener, whose own errors disturb no call. */
export function telling(listener: ((event: HopEvent) => void) | undefined): (event: HopEvent) => void {
  if (!listener) return () => {};
  return (event) => tellListener(listener, event, "a hop's events");
}
