import type { Duration } from "../../duration.js";

/* The defaults of the policies, each with its unit and its reason. */

/** Attempts of a call, the first included: a third one still helps where two members of a pool have just died. */
export const RETRY_ATTEMPTS = 3;

/** The first pause is any time up to this: a warm spare is back by then. */
export const RETRY_FIRST: Duration = "25ms";

/** No pause is longer; and who says "come back later than that" is not waited for: the caller may have something better to do. */
export const RETRY_LONGEST: Duration = "1s";

/** Of all calls, the part that may be made again: a callee that fails every call gets a fifth more, not thrice as many. */
export const RETRY_BUDGET = 0.2;

/** Retries that quiet times save up, and that there are at the start. */
export const RETRY_SAVED = 10;

/** Of all calls, the part that may be asked twice. */
export const HEDGE_BUDGET = 0.02;

/** Hedges that quiet times save up: one stall of a member with so many messages. */
export const HEDGE_SAVED = 10;

/** Answers that are looked at for how long a call takes, of each method: a minute's worth of a slow model. */
export const HEDGE_WINDOW = 1024;

/** Answers before which nothing is known of the slowest of them. */
export const HEDGE_LEARN_FROM = 100;

/** Methods whose latencies are learned, the rest share one. */
export const HEDGE_METHODS = 64;

/** What a breaker looks back on. */
export const BREAKER_WINDOW: Duration = "10s";

/** Calls within the window below which nothing is concluded: one error of two is no outage. */
export const BREAKER_MINIMUM = 20;

/** The part of them that fails at which it opens. */
export const BREAKER_FAILURE_RATE = 0.5;

/** The part of them that is slow at which it opens, where it is said what slow is. */
export const BREAKER_SLOW_RATE = 0.8;

/** How long it stays open: a cold start with a model takes about a second, its warming up a few. */
export const BREAKER_OPEN: Duration = "5s";

/** Calls that try whether it may close. */
export const BREAKER_PROBES = 3;

/** Bytes of answers kept: 32 MiB, half a mailbox. */
export const CACHE_BYTES = 32 * 1024 * 1024;

/** How long an answer is given again. Who deploys a model anew waits no longer than this for its answers. */
export const CACHE_TTL: Duration = "1m";
